/** What one easily gets wrong in a connector and its status bar; the model test finds each of them. */
export type Mistake =
  | 'retries 401'
  | 'ignores Break'
  | 'no countdown'
  | 'stale online'
  | 'forgets to close'
  | 'throws after stop';
