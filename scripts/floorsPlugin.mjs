// @ts-check
// The rule `floors/imports` of the linter. It sees an import however it is written, because it resolves the
// path; oxlint's own `no-restricted-imports` sees the text alone.
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasRow, offence } from './floors.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * A node of the syntax tree, as far as it is read (ESTree and typescript-eslint).
 *
 * @typedef {{ type: string, value?: unknown, source?: Node, expression?: Node, id?: Node }} Node
 */

/** @param {{ filename: string, report(found: { node: Node, message: string }): void }} context */
function create(context) {
  const file = relative(root, context.filename).split(sep).join('/');

  /** @param {Node | null | undefined} source */
  function check(source) {
    if (!source) return;
    const message =
      typeof source.value === 'string'
        ? offence(file, source.value)
        : 'Name the module by a plain string, so that the linter can see it.';
    if (message !== undefined) context.report({ node: source, message });
  }

  /** @param {Node} node */
  const checkSource = ({ source }) => check(source);
  return {
    /** @param {Node} node */
    Program(node) {
      if (hasRow(file)) return;
      context.report({ node, message: `No row of scripts/floors.mjs is about \`${file}\`.` });
    },
    ImportDeclaration: checkSource,
    ExportNamedDeclaration: checkSource,
    ExportAllDeclaration: checkSource,
    ImportExpression: checkSource,
    TSImportType: checkSource,
    /** @param {Node} node */
    TSExternalModuleReference: ({ expression }) => check(expression),
    /** @param {Node} node */
    TSModuleDeclaration: ({ id }) => check(id?.type === 'Literal' ? id : undefined),
  };
}

export default { meta: { name: 'floors' }, rules: { imports: { create } } };
