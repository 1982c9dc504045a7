/** What a member of a group is to do, as its one argument. */
export interface StreamOrders {
  readonly client: string;
  readonly url: string;
  readonly stream: string;
  readonly consumer: string;
  readonly maxRedeliveries: number;
}
