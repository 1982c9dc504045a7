// Why: docs/decisions/0102-the-reference-from-the-code.md
// Reads what the entries export from their declarations, by TypeScript's own API.
import { relative } from 'node:path';
import {
  type ClassDeclaration,
  type InterfaceDeclaration,
  type Node,
  type ParameterDeclaration,
  SyntaxKind,
  type TypeAliasDeclaration,
} from 'typescript/unstable/ast';
import {
  isClassDeclaration,
  isConstructorDeclaration,
  isFunctionDeclaration,
  isInterfaceDeclaration,
  isTypeAliasDeclaration,
  isVariableDeclaration,
} from 'typescript/unstable/ast/is';
import {
  API,
  type Checker,
  NodeBuilderFlags,
  type Symbol,
  SymbolFlags,
} from 'typescript/unstable/sync';
import { type Comment, commentOf, noComment, parseComment } from './comment.js';
import { entries, type Entry, root } from './entries.js';

export type Kind = 'function' | 'constant' | 'class' | 'options' | 'type' | 'error';

/** A name that can be imported. */
export interface PublicName {
  readonly name: string;
  readonly kind: Kind;
  /** Where it is documented: the first entry that exports it. */
  readonly entry: Entry;
  /** The file that declares it, from the top of the repository. */
  readonly source: string;
  /** A function and a type may share a name: each has its own. */
  readonly declarations: readonly Declaration[];
  readonly members: readonly Member[];
  /** What it has from other public types, and from other packages. */
  readonly inherited: readonly Inherited[];
  /** Of an error, if it has one. */
  readonly codes: readonly string[];
}

export interface Declaration {
  /** Empty where the members say it all. */
  readonly signature: string;
  readonly comment: Comment;
}

/** A property or a method of a type. */
export interface Member {
  readonly name: string;
  readonly isOptional: boolean;
  /** A name, `?` and the type, or a whole signature of a method. */
  readonly signature: string;
  /** Of a property. */
  readonly type: string;
  readonly comment: Comment;
}

export interface Inherited {
  /** A public name, or one of another package or of the platform. */
  readonly from: string;
  /** The package, if it is not ours; `PLATFORM` for what the compiler's libraries declare. */
  readonly package: string | undefined;
  readonly names: readonly string[];
}

export interface Page {
  readonly entry: Entry;
  readonly comment: Comment;
  /** Everything that the entry exports, those of other entries too. */
  readonly names: readonly { readonly exported: string; readonly name: PublicName }[];
}

/** Stands for the package of a type that no package declares, such as `EventTarget`. */
export const PLATFORM = 'platform';

/** A type that is written by way of a list or a map. */
const COMPUTED = /^type \w+ = (?:\(typeof \w+\)\[number\]|\{\s+\[\w+ in )/;

/** All pages, in the order of the entries. */
export function readPages(): Page[] {
  const api = new API({ cwd: root });
  try {
    const config = `${root}scripts/reference/tsconfig.json`;
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
    if (project === undefined) throw new Error(`no project in ${config}`);
    const reader = new Reader(project.checker);
    const modules = entries.map((entry) => {
      const file = project.program.getSourceFile(root + entry.source);
      const module = file && project.checker.getSymbolAtLocation(file);
      if (file === undefined || module === undefined) throw new Error(`no module ${entry.source}`);
      const exported = project.checker.getExportsOfModule(module).map((symbol) => ({
        exported: symbol.name,
        symbol:
          symbol.flags & SymbolFlags.Alias ? project.checker.getAliasedSymbol(symbol) : symbol,
      }));
      return { entry, file, exported };
    });
    for (const { entry, exported } of modules) {
      for (const { symbol } of exported) reader.claim(symbol, entry);
    }
    return modules.map(({ entry, file, exported }) => ({
      entry,
      comment: headOf(file.text),
      names: exported.map((each) => ({
        exported: each.exported,
        name: reader.nameOf(each.symbol),
      })),
    }));
  } finally {
    api.close();
  }
}

/** What the comment at the top of an entry says of it. */
function headOf(text: string): Comment {
  const [, head] = /^((?:\/\/.*\n|\s)*\/\*\*[\s\S]*?\*\/)/.exec(text) ?? [];
  const comment = head === undefined ? noComment : parseComment(head);
  return comment.tags.some(({ name }) => name === 'packageDocumentation') ? comment : noComment;
}

type TypeOf = (node: Node) => string;

class Reader {
  readonly #checker: Checker;
  readonly #homes = new Map<number, Entry>();
  readonly #names = new Map<number, PublicName>();

  constructor(checker: Checker) {
    this.#checker = checker;
  }

  /** The first entry that exports a name is where it is documented. */
  claim(symbol: Symbol, entry: Entry): void {
    if (!this.#homes.has(symbol.id)) this.#homes.set(symbol.id, entry);
  }

  nameOf(symbol: Symbol): PublicName {
    let name = this.#names.get(symbol.id);
    if (name === undefined) this.#names.set(symbol.id, (name = this.#read(symbol)));
    return name;
  }

  #read(symbol: Symbol): PublicName {
    const nodes = symbol.declarations.map((handle) => handle.resolve() as Node);
    const [first] = nodes as [Node];
    const kind = this.#kindOf(symbol, first);
    // Of an overloaded function only what callers see.
    const functions = nodes.filter(isFunctionDeclaration);
    const hidden = functions.length > 1 ? functions.filter(({ body }) => body) : [];
    // An interface beside a class only explains what the class has from elsewhere.
    const shown = nodes.filter(
      (node) =>
        !hidden.includes(node as never) &&
        !(isInterfaceDeclaration(node) && nodes.some(isClassDeclaration)),
    );
    return {
      name: symbol.name,
      kind,
      entry: this.#homes.get(symbol.id) as Entry,
      source: fileOf(first),
      declarations: shown.map((node) => ({
        signature: kind === 'error' ? '' : this.#signatureOf(node),
        comment: commentOf(isVariableDeclaration(node) ? node.parent.parent : node),
      })),
      ...this.#membersOf(symbol, nodes, kind),
      codes: kind === 'error' ? codesOf(first) : [],
    };
  }

  #kindOf(symbol: Symbol, node: Node): Kind {
    if (symbol.flags & SymbolFlags.Function) return 'function';
    if (symbol.flags & SymbolFlags.Variable) return 'constant';
    if (isClassDeclaration(node)) {
      const type = this.#checker.getDeclaredTypeOfSymbol(symbol);
      return this.#checker.getPropertyOfType(type, 'stack') ? 'error' : 'class';
    }
    return /(Options|Input|Config)$/.test(symbol.name) ? 'options' : 'type';
  }

  #signatureOf(node: Node): string {
    const { text } = node.getSourceFile();
    if (isVariableDeclaration(node)) {
      const type =
        node.type?.getText() ??
        this.#checker.typeToString(this.#checker.getTypeAtLocation(node.name) as never);
      return `const ${node.name.getText()}: ${type}`;
    }
    const start = node.getStart();
    if (isFunctionDeclaration(node)) {
      const end = node.body?.getStart() ?? node.end;
      const head = text.slice(start, end);
      return tidy(withoutDefaults(head, start, node.parameters, this.#typeOf));
    }
    if (isClassDeclaration(node) || isInterfaceDeclaration(node)) {
      return tidy(text.slice(start, text.lastIndexOf('{', node.members.pos)));
    }
    const alias = tidy(text.slice(start, node.end));
    return isTypeAliasDeclaration(node) && COMPUTED.test(alias) ? this.#computed(node) : alias;
  }

  /** The type that the compiler infers where the source has none. */
  readonly #typeOf: TypeOf = (node) => {
    const type = this.#checker.getTypeAtLocation(node);
    return this.#checker.typeToString(type as never).replaceAll('"', "'");
  };

  /** What a list or a map of the sources makes of it. */
  #computed(node: TypeAliasDeclaration): string {
    const type = this.#checker.getTypeAtLocation(node.name);
    const flags = NodeBuilderFlags.NoTruncation | NodeBuilderFlags.InTypeAlias;
    const text = this.#checker
      .typeToString(type as never, node, flags)
      .replaceAll('"', "'")
      .replaceAll('; }', ' }');
    const head = `type ${node.name.getText()} =`;
    if (head.length + text.length < 90) return `${head} ${text}`;
    const parts = text.split(/ \| (?![^{]*\})/);
    return [head, ...parts.map((part) => `  | ${part}`)].join('\n');
  }

  #membersOf(
    symbol: Symbol,
    nodes: readonly Node[],
    kind: Kind,
  ): Pick<PublicName, 'members' | 'inherited'> {
    const own = nodes.filter((node) => isClassDeclaration(node) || isInterfaceDeclaration(node));
    if (own.length === 0) return { members: [], inherited: [] };
    const type = this.#checker.getDeclaredTypeOfSymbol(symbol);
    const members: Member[] = [];
    const inherited = new Map<string, Inherited & { names: string[] }>();
    const starts = new Map<string, number>();
    for (const property of this.#checker.getPropertiesOfType(type)) {
      const found = property.declarations.map((handle) => handle.resolve() as Node).filter(isShown);
      const [node] = found;
      if (node === undefined || isPrivate(node, property)) continue;
      const owner = ownerOf(node);
      const isOwn = own.includes(owner as never);
      if (kind === 'error' && (!isOwn || property.name === 'name')) continue;
      const from = isOwn ? undefined : this.#originOf(owner);
      if (from === undefined) {
        const all = found.filter((each) => ownerOf(each) === owner);
        members.push(
          ...all
            .filter((each) => !hasBodyBeside(each, all))
            .map((each) => memberOf(each, property, this.#typeOf)),
        );
      } else {
        const key = `${from.package ?? ''} ${from.from}`;
        if (!inherited.has(key)) inherited.set(key, { ...from, names: [] });
        inherited.get(key)?.names.push(property.name);
        starts.set(property.name, node.getStart());
      }
    }
    // In the order of their source: the compiler's own order depends on what it has checked before.
    const startOf = (name: string) => starts.get(name) as number;
    for (const { names } of inherited.values()) names.sort((a, b) => startOf(a) - startOf(b));
    const constructors =
      kind === 'class'
        ? own.filter(isClassDeclaration).flatMap((each) => constructorsOf(each, this.#typeOf))
        : [];
    return { members: [...constructors, ...members], inherited: [...inherited.values()] };
  }

  /** Undefined where a reader has no other place to look it up. */
  #originOf(owner: Node): Omit<Inherited, 'names'> | undefined {
    const named = owner as InterfaceDeclaration | ClassDeclaration;
    if (named.name === undefined) return undefined;
    const path = owner.getSourceFile().fileName;
    const [, module] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
    const from = named.name.getText();
    // The compiler's package has another name on each system.
    if (/\/lib(?:\.[\w-]+)*\.d\.ts$/.test(path)) return { from, package: PLATFORM };
    if (module !== undefined) return { from, package: module };
    const symbol = this.#checker.getSymbolAtLocation(named.name);
    return symbol && this.#homes.has(symbol.id) ? { from, package: undefined } : undefined;
  }
}

/** The type that declares a member. */
function ownerOf(node: Node): Node {
  return isConstructorDeclaration(node.parent) ? node.parent.parent : node.parent;
}

/** Members that stand in a source; of accessors the one that reads. */
function isShown(node: Node): boolean {
  return node.kind !== SyntaxKind.SetAccessor;
}

function isPrivate(node: Node, property: Symbol): boolean {
  const kinds = ((node as { modifiers?: readonly Node[] }).modifiers ?? []).map(({ kind }) => kind);
  return (
    kinds.includes(SyntaxKind.PrivateKeyword) ||
    kinds.includes(SyntaxKind.ProtectedKeyword) ||
    // Private names, and those that are meant for no one.
    /^(__|#|_|\uFFFD)/.test(property.name)
  );
}

/** An implementation is not what callers of its overloads see. */
function hasBodyBeside(node: Node, all: readonly Node[]): boolean {
  return all.length > 1 && (node as { body?: Node }).body !== undefined;
}

function constructorsOf(node: ClassDeclaration, typeOf: TypeOf): Member[] {
  const all = node.members.filter(isConstructorDeclaration);
  return all
    .filter((each) => !hasBodyBeside(each, all))
    .map((each) => ({
      name: 'constructor',
      isOptional: false,
      signature: bare(
        withoutDefaults(
          each.getText().slice(0, each.body && each.body.getStart() - each.getStart()),
          each.getStart(),
          each.parameters,
          typeOf,
        ),
      )
        .replace('constructor', `new ${node.name?.getText()}`)
        .replaceAll(/\b(?:readonly|private|public) (?=\w+\??:)/g, ''),
      type: '',
      comment: commentOf(each),
    }));
}

function memberOf(node: Node, property: Symbol, typeOf: TypeOf): Member {
  const { body, initializer, type, name } = node as Partial<
    Record<'body' | 'initializer' | 'type' | 'name', Node>
  >;
  const start = node.getStart();
  const end = body?.getStart() ?? initializer?.getFullStart() ?? node.end;
  const parameters = (node as { parameters?: readonly ParameterDeclaration[] }).parameters ?? [];
  const written = bare(
    withoutDefaults(node.getSourceFile().text.slice(start, end), start, parameters, typeOf),
  ).replace(/ =$/, '');
  const isInferred = type === undefined && initializer !== undefined && name !== undefined;
  const shownType = isInferred ? typeOf(name) : type === undefined ? '' : bare(type.getText());
  const signature = isInferred ? `${written}: ${shownType}` : written;
  return {
    name: nameIn(signature) ?? property.name,
    isOptional: (property.flags & SymbolFlags.Optional) !== 0,
    signature,
    type: shownType,
    comment: isConstructorDeclaration(node.parent)
      ? parameterComment(node, node.parent)
      : commentOf(node),
  };
}

/** A property that the constructor declares may be explained there. */
function parameterComment(node: Node, owner: Node): Comment {
  const own = commentOf(node);
  if (own.text.length > 0) return own;
  const name = (node as ParameterDeclaration).name.getText();
  const tag = commentOf(owner).tags.find(({ text }) => text.startsWith(`${name} `));
  return tag === undefined ? own : { text: [tag.text.slice(name.length + 1)], tags: [] };
}

function nameIn(signature: string): string | undefined {
  return /^(?:get )?(\[[^\]]+\]|[\w$]+|'[^']+')/.exec(signature)?.[1];
}

/** One line, without modifiers. */
function bare(text: string): string {
  const line = text
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\/\/.*$/gm, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/([(<[]) /g, '$1')
    .replaceAll(/(?<=[:=(<]) ?\| /g, ' ')
    .replaceAll(/(?<=[(<]) /g, '')
    .replaceAll(/,? ([)>\]])(?!=)/g, '$1')
    .trim()
    .replace(/[;,]$/, '');
  return line.replace(/^(?:(?:readonly|public|declare|override|async|static) )+/, '');
}

/** A parameter with a default is an optional one. */
function withoutDefaults(
  text: string,
  start: number,
  parameters: readonly ParameterDeclaration[],
  typeOf: TypeOf,
): string {
  return parameters.reduceRight((shown, { name, initializer, type }) => {
    if (initializer === undefined) return shown;
    const [mark, from, to] = [name.end, initializer.getFullStart() - 2, initializer.end].map(
      (position) => position - start,
    ) as [number, number, number];
    const inferred = type === undefined ? `: ${typeOf(name)}` : '';
    return `${shown.slice(0, mark)}?${inferred}${shown.slice(mark, from)}${shown.slice(to)}`;
  }, text);
}

/** A declaration as users see it. */
function tidy(text: string): string {
  return (
    text
      .trim()
      .replace(/^export (?:default )?/, '')
      .replace(/^(?:declare |async )+/, '')
      .replace(/^type ([\s\S]*);$/, 'type $1')
      .replace(/;$/, '')
      .replaceAll(/^\s*\/\/ .*\n/gm, '')
      // A remark behind code that continues in the next line.
      .replaceAll(/ \/\/ .*\n\s*/g, ' ')
      .trim()
  );
}

/** Its codes, or the name of their type. */
function codesOf(node: Node): string[] {
  const text = node.getText();
  const codes = [...text.matchAll(/'(ERR_\w+)'/g)].map(([, code]) => code as string);
  const [, type] = /extends SchmoozerError<(\w+)>/.exec(text) ?? [];
  return codes.length === 0 && type !== undefined ? [type] : [...new Set(codes)];
}

function fileOf(node: Node): string {
  return relative(root, node.getSourceFile().fileName);
}
