/** An element of an XML document: enough of XML for test and coverage reports. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, CDATA included, without that of its children. */
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  text: string;
}

const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<!DOCTYPE[^>[]*(?:\[[\s\S]*?\])?\s*>|<\/([^\s>]+)\s*>|<([^\s/>]+)((?:"[^"]*"|'[^']*'|[^"'>])*?)(\/?)>|([^<]+)/g;
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Parses a document and answers its root element. Throws if elements are not closed in order or no root is there. */
export function parseXml(source: string): XmlElement {
  const text = source.replace(/^\uFEFF/, '');
  const document: OpenElement = { name: '', attributes: {}, children: [], text: '' };
  const open: OpenElement[] = [document];
  let position = 0;
  for (const token of text.matchAll(TOKEN)) {
    if (token.index !== position) throw new Error(`malformed XML at offset ${position}`);
    position = token.index + token[0].length;
    take(token, open);
  }
  const root = document.children[0];
  if (position !== text.length) throw new Error(`malformed XML at offset ${position}`);
  if (open.length !== 1) throw new Error(`XML element ${open.at(-1)?.name} is not closed`);
  if (root === undefined) throw new Error('XML document has no root element');
  return root;
}

function take(token: RegExpMatchArray, open: OpenElement[]): void {
  const [, cdata, closing, opening, attributes = '', selfClosing, characters] = token;
  const current = open.at(-1);
  if (current === undefined) throw new Error('XML has more end tags than start tags');
  if (cdata !== undefined) current.text += cdata;
  else if (characters !== undefined) current.text += decode(characters);
  else if (closing !== undefined) {
    if (current.name !== closing) throw new Error(`XML element ${current.name} is closed as ${closing}`);
    open.pop();
  } else if (opening !== undefined) {
    const element: OpenElement = { name: opening, attributes: parseAttributes(attributes), children: [], text: '' };
    current.children.push(element);
    if (selfClosing !== '/') open.push(element);
  }
}

const parseAttributes = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(ATTRIBUTE)].map(([, name = '', a, b]) => [name, decode(a ?? b ?? '')]));

const decode = (text: string): string =>
  text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (entity, name: string) => {
    if (name.startsWith('#x')) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
    if (name.startsWith('#')) return String.fromCodePoint(Number(name.slice(1)));
    return ENTITIES[name] ?? entity;
  });

/** All elements of this name at any depth, in document order. */
export function descendants(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...descendants(child, name)]);
}
