import { suite } from './suite.mjs';

suite({ describe: globalThis.describe, it: globalThis.it });
