// What a reader of docs/reference would miss: each line is a mistake.
import { type Member, type Page, type PublicName } from './model.js';
import { hasBounds, hasDefault, hasUnit, isNumber, textOf } from './option.js';

export function gapsOf(pages: readonly Page[]): string[] {
  const names = [...new Set(pages.flatMap((page) => page.names.map(({ name }) => name)))];
  return [
    ...pages
      .filter(({ comment }) => comment.text.length === 0)
      .map(({ entry }) => `${entry.source}: no sentence with @packageDocumentation`),
    ...names.flatMap((name) => gapsOfName(name, new Set(names.map((each) => each.name)))),
  ];
}

function gapsOfName(name: PublicName, known: ReadonlySet<string>): string[] {
  const gaps = [
    ...(name.declarations.every(({ comment }) => comment.text.length > 0) ? [] : ['no sentence']),
    ...name.members.flatMap((member) =>
      gapsOfMember(member, name.kind === 'options', known).map((gap) => `${member.name}: ${gap}`),
    ),
  ];
  return gaps.map((gap) => `${name.source} ${name.name} ${gap}`);
}

function gapsOfMember(member: Member, isOption: boolean, known: ReadonlySet<string>): string[] {
  const gaps: string[] = [];
  if (textOf(member) === '' && !isSaidElsewhere(member, known)) gaps.push('no sentence');
  if (!isOption) return gaps;
  if (member.isOptional && !hasDefault(member)) gaps.push('no default');
  if (isNumber(member) && !hasUnit(member)) gaps.push('no unit');
  if (isNumber(member) && !hasBounds(member)) gaps.push('no bounds');
  return gaps;
}

/** A constructor is what its class is for; a key of a map is what its type says. */
function isSaidElsewhere({ name, type }: Member, known: ReadonlySet<string>): boolean {
  return name === 'constructor' || (name.startsWith("'") && known.has(type.replace(/^.*\./, '')));
}
