import { register } from 'node:module';

// The root of the repository has XState at the floor of the peer range, to build and test against. Users
// get the newest, so that is what everything here runs with, the charts beside us too.
const hook = `
  export function resolve(specifier, context, next) {
    return next(specifier.replace(/^xstate(?=$|\\/)/, 'xstate-newest'), context);
  }
`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
