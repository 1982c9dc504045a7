declare module 'pg-floor' {
  export { default } from 'pg';
}
