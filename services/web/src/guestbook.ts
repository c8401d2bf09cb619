/** What somebody typed into the form, valid or not. */
export interface Draft {
  readonly name: string;
  readonly message: string;
}

/** What the guestbook shows; entries written by other hands may lack a name or a time. */
export interface Entry {
  readonly name: string | undefined;
  readonly message: string;
  readonly at: Date | undefined;
}

export type Complaints = Partial<Record<keyof Draft, string>>;

export const EMPTY_DRAFT: Draft = { name: '', message: '' };
export const NAME_LIMIT = 40;
export const MESSAGE_LIMIT = 280;

export function readDraft(form: unknown): Draft {
  return {
    name: textField(form, 'name'),
    // Browsers send line breaks as two characters; a writer counts one.
    message: textField(form, 'message').replace(/\r\n/g, '\n'),
  };
}

export function complaintsAbout({ name, message }: Draft): Complaints {
  const aboutName = complaint('name', name, NAME_LIMIT, /\p{Cc}/u);
  // A message comes from a multi-line field, so line breaks and tabs are ordinary text there.
  const aboutMessage = complaint('message', message, MESSAGE_LIMIT, /[^\P{Cc}\n\t]/u);
  return { ...(aboutName && { name: aboutName }), ...(aboutMessage && { message: aboutMessage }) };
}

export function formatEntry(draft: Draft, at: Date): string {
  return JSON.stringify({ ...draft, at: at.toISOString() });
}

export function parseEntry(stored: string): Entry {
  const value = parseJson(stored);
  const message = textField(value, 'message');
  if (message === '') return { name: undefined, message: stored, at: undefined };
  const at = new Date(textField(value, 'at'));
  return { name: textField(value, 'name') || undefined, message, at: Number.isNaN(at.getTime()) ? undefined : at };
}

function complaint(field: string, text: string, limit: number, forbidden: RegExp): string | undefined {
  // Counted in code points, so that an emoji is one character as far as its writer can tell.
  const length = [...text].length;
  if (length === 0) return `Enter a ${field}.`;
  if (length > limit) return `The ${field} has ${length} characters; at most ${limit} fit.`;
  return forbidden.test(text) ? `The ${field} contains a control character; remove it.` : undefined;
}

/** Absent, repeated and non-text fields all count as left empty. */
function textField(record: unknown, field: string): string {
  const value: unknown = typeof record === 'object' && record !== null ? Reflect.get(record, field) : undefined;
  return typeof value === 'string' ? value.trim() : '';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
