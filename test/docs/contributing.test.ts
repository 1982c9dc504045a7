import { expect, it } from 'vitest';
import { contributing } from '../../scripts/contributing.js';
import { read } from '../support/documents.js';

it('CONTRIBUTING.md shows the floors as `npm run docs` writes them', () => {
  expect(read('CONTRIBUTING.md')).toBe(contributing());
});
