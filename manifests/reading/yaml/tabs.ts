import type { Event } from 'js-yaml';
import { COLLECTION_STYLE, EVENT_ID } from 'js-yaml';

/**
 * The first line that has nothing on it but a tab and perhaps a comment, where indentation counts: an editor leaves them behind,
 * our parser overlooks them, and Kubernetes' reader refuses the document. Undefined where there is none.
 */
export function strayTab(text: string, events: readonly Event[]): number | undefined {
  let looked = 0;
  for (const { index } of text.matchAll(/^\t[ \t]*(?:#.*)?\r?$/gm)) {
    if (!isInside(text, events, index)) return index;
    // Each look goes through all events; a text with so many inside quotes or brackets has none outside.
    if (++looked === 100) break;
  }
  return undefined;
}

/** Whether a place is inside a scalar, or between brackets. */
function isInside(text: string, events: readonly Event[], place: number): boolean {
  const open: boolean[] = [];
  let end = 0;
  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.SCALAR:
        if (event.valueStart > place) return closes(text.slice(end, place)) < between(open);
        if (event.valueEnd > place) return true;
        end = Math.max(end, event.valueEnd + (text[event.valueEnd] === '"' || text[event.valueEnd] === "'" ? 1 : 0));
        break;
      case EVENT_ID.ALIAS:
        if (event.anchorStart > place) return closes(text.slice(end, place)) < between(open);
        end = event.anchorEnd;
        break;
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE:
        if (event.start > place) return closes(text.slice(end, place)) < between(open);
        end = Math.max(end, event.start + (event.style === COLLECTION_STYLE.FLOW ? 1 : 0));
        open.push(event.style === COLLECTION_STYLE.FLOW);
        break;
      case EVENT_ID.POP: {
        // A bracket that closes is no event of its own: it stands somewhere after what was last.
        if (open.pop() !== true) break;
        const bracket = text.slice(end).search(/[\]}]/);
        if (bracket < 0 || end + bracket > place) return true;
        end += bracket + 1;
      }
    }
  }
  return false;
}

function between(open: readonly boolean[]): number {
  return open.filter(Boolean).length;
}

function closes(text: string): number {
  return text.replace(/#.*/g, '').match(/[\]}]/g)?.length ?? 0;
}
