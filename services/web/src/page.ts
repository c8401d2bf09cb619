import { type Complaints, type Draft, EMPTY_DRAFT, type Entry, MESSAGE_LIMIT, NAME_LIMIT } from './guestbook';
import { Html, html, NOTHING } from './html';
import type { Overview } from './store';
import { STYLE } from './style';

export interface Page {
  readonly student: string;
  readonly greeting: string | undefined;
  /** What stands before the paths of links: `/app`, or nothing. */
  readonly prefix: string;
  /** Undefined while Redis is away. */
  readonly overview: Overview | undefined;
  readonly draft?: Draft;
  readonly complaints?: Complaints;
  /** The draft was valid, but Redis could not take it. */
  readonly notStored?: boolean;
}

export function renderPage({
  student,
  greeting,
  prefix,
  overview,
  draft = EMPTY_DRAFT,
  complaints = {},
  notStored = false,
}: Page): string {
  const title = `${Object.keys(complaints).length > 0 ? 'Error: ' : ''}Guestbook of ${student}`;
  const notices = [...(notStored ? [NOT_STORED] : []), ...(overview ? [] : [DEGRADED])];
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header><h1>Guestbook of ${student}</h1>${greeting === undefined ? NOTHING : html`<p>${greeting}</p>`}</header>
<main>
${notices}
<p>Visits so far: <strong>${overview?.visits ?? 'unknown'}</strong></p>
<section aria-labelledby="sign">
<h2 id="sign">Sign the guestbook</h2>
${form(draft, complaints, prefix)}
</section>
<section aria-labelledby="entries">
<h2 id="entries">Entries</h2>
${entryList(overview?.entries)}
</section>
</main>
</body>
</html>
`;
  return page.markup;
}

const DEGRADED = html`<p class="notice" role="status">The database cannot be reached. Visits are not counted and entries cannot be shown for now.</p>`;

const NOT_STORED = html`<p class="notice" role="alert">The guestbook cannot take entries now. Your text is kept below; please send it again later.</p>`;

function form(draft: Draft, complaints: Complaints, prefix: string): Html {
  const nameAttributes = fieldAttributes('name', NAME_LIMIT, complaints.name);
  // Only one field can take the focus: the first that needs a correction.
  const messageAttributes = fieldAttributes(
    'message',
    MESSAGE_LIMIT,
    complaints.message,
    complaints.name === undefined,
  );
  return html`<form method="post" action="${prefix}/guestbook">
<label for="name">Name</label>
${explanations('name', NAME_LIMIT, complaints.name)}
<input type="text" autocomplete="name" value="${draft.name}" ${nameAttributes}>
<label for="message">Message</label>
${explanations('message', MESSAGE_LIMIT, complaints.message)}
<textarea rows="4" ${messageAttributes}>
${draft.message}</textarea>
<button type="submit">Sign</button>
</form>`;
}

function fieldAttributes(field: keyof Draft, limit: number, complaint: string | undefined, mayFocus = true): Html {
  const common = html`id="${field}" name="${field}" required maxlength="${limit}"`;
  if (complaint === undefined) return html`${common} aria-describedby="${field}-hint"`;
  const invalid = html`${common} aria-invalid="true" aria-describedby="${field}-error ${field}-hint"`;
  return mayFocus ? html`${invalid} autofocus` : invalid;
}

function explanations(field: keyof Draft, limit: number, complaint: string | undefined): Html {
  const hint = html`<p class="hint" id="${field}-hint">Up to ${limit} characters.</p>`;
  return complaint === undefined ? hint : html`${hint}<p class="error" id="${field}-error">${complaint}</p>`;
}

function entryList(entries: readonly Entry[] | undefined): Html {
  if (entries === undefined) return html`<p>Not available.</p>`;
  if (entries.length === 0) return html`<p>Nobody has signed yet.</p>`;
  return html`<ol class="entries">${entries.map(entryItem)}</ol>`;
}

/** `bdi` keeps right-to-left text, and direction marks, of one entry from reordering its surroundings. */
function entryItem({ name, message, at }: Entry): Html {
  const time = at
    ? html` <time datetime="${at.toISOString()}">${at.toISOString().slice(0, 16).replace('T', ' ')} UTC</time>`
    : NOTHING;
  const byline = name === undefined ? NOTHING : html`<strong><bdi>${name}</bdi></strong>${time}`;
  return html`<li>${byline}<p><bdi>${message}</bdi></p></li>`;
}
