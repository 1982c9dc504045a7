/** Common mistakes in a connector and its status bar; the model test finds each of them. */
export type Mistake =
  | 'retries 401'
  | 'ignores Break'
  | 'no countdown'
  | 'stale online'
  | 'forgets to close'
  | 'throws after stop'
  | 'ignores the signal'
  | 'keeps an attempt'
  | 'online while closing'
  | 'a listener per session'
  | 'a timer per session'
  | 'counts down from the first delay';
