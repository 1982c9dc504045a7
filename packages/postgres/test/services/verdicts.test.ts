import { verdictSuite } from '../support/verdictSuite.js';

verdictSuite();
