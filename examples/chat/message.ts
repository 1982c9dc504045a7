/** A message in the room; the room numbers them from 1. */
export interface Message {
  readonly id: string;
  readonly from: string;
  readonly text: string;
  readonly number?: number;
}
