/** Text that is markup already; whatever else is put into a page is escaped on its way. */
export class Html {
  constructor(readonly markup: string) {}
}

type Interpolated = Html | readonly Html[] | string | number;

export function html(literals: TemplateStringsArray, ...values: readonly Interpolated[]): Html {
  return new Html(String.raw({ raw: literals }, ...values.map(toMarkup)));
}

export const NOTHING = html``;

function toMarkup(value: Interpolated): string {
  if (value instanceof Html) return value.markup;
  if (typeof value === 'object') return value.map(toMarkup).join('');
  return escaped(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
