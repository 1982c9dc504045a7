// The rule `floors/imports` of the linter. It sees an import however it is written, because it resolves the
// path; oxlint's own `no-restricted-imports` sees the text alone.
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasRow, offence } from './floors.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @param {any} context oxlint's, which is ESLint's */
function create(context) {
  const file = relative(root, context.filename).split(sep).join('/');
  /** @param {any} node */
  const report = (node, message) => message !== undefined && context.report({ node, message });
  const check = (source) => {
    if (source?.type === 'Literal' && typeof source.value === 'string') {
      report(source, offence(file, source.value));
    } else if (source) {
      report(source, 'Name the module by a plain string, so that the linter can see it.');
    }
  };
  const checkSource = ({ source }) => check(source);
  return {
    Program: (node) => {
      if (!hasRow(file)) report(node, `No row of scripts/floors.mjs is about \`${file}\`.`);
    },
    ImportDeclaration: checkSource,
    ExportNamedDeclaration: checkSource,
    ExportAllDeclaration: checkSource,
    ImportExpression: checkSource,
    TSImportType: checkSource,
    TSExternalModuleReference: ({ expression }) => check(expression),
    TSModuleDeclaration: ({ id }) => id.type === 'Literal' && check(id),
  };
}

export default { meta: { name: 'floors' }, rules: { imports: { create } } };
