import type { Event, ScalarEvent } from 'js-yaml';
import { EVENT_ID, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import type { Path } from '../../resource';
import { parse, placeOf, Unparsable } from './events';
import type { Scalar } from './scalar';
import { isInteger, plainScalar } from './scalar';

export interface Document {
  readonly value: unknown;
  /** Where a key stands twice in a mapping; Kubernetes takes the last. */
  readonly duplicates: readonly Path[];
}

type Container = Record<string, unknown> | unknown[];

interface Frame {
  readonly container: Container | undefined;
  readonly anchor: string | undefined;
  /** How many nodes Kubernetes' reader visits in it, aliases followed. */
  size: number;
  /** The key whose value comes next. */
  key: string | undefined;
  /** The key is `<<`. */
  merges: boolean;
  /** The list is the value of `<<`. */
  readonly merged: Container | undefined;
  /** Keys that only `<<` brought. */
  inherited: Set<string> | undefined;
}

interface Anchored {
  readonly value: unknown;
  readonly size: number;
}

/** One document of YAML as sigs.k8s.io/yaml reads it: YAML 1.1, keys are strings, the last of two equal keys wins. */
export function parseYaml(text: string): Document {
  const parsed = parse(text);
  return new Construction(parsed.text).of(parsed.events);
}

class Construction {
  private readonly frames: Frame[] = [];
  private readonly anchors = new Map<string, Anchored | undefined>();
  private readonly duplicates: Path[] = [];
  private visited = 1;
  private visitedByAlias = 0;
  private offset = 0;
  private result: unknown = null;

  constructor(private readonly text: string) {}

  of(events: readonly Event[]): Document {
    let documents = 0;
    for (let i = 0; i < events.length; i++) {
      const event = events[i]!;
      switch (event.type) {
        case EVENT_ID.DOCUMENT:
          if (documents++ > 0)
            throw new Unparsable(
              startOf(events[i + 1]) ?? this.offset,
              'kubectl reads nothing between a line with `...` and the next `---`: separate documents with `---`',
            );
          break;
        case EVENT_ID.SCALAR:
          this.offset = placeOf(event) ?? this.offset;
          this.scalar(event);
          break;
        case EVENT_ID.ALIAS:
          this.offset = event.anchorStart - 1;
          this.alias(this.text.slice(event.anchorStart, event.anchorEnd));
          break;
        case EVENT_ID.MAPPING:
          this.offset = event.start;
          this.open({}, event);
          break;
        case EVENT_ID.SEQUENCE:
          this.offset = event.start;
          this.open([], event);
          break;
        case EVENT_ID.POP:
          this.close();
      }
    }
    return { value: this.result, duplicates: this.duplicates };
  }

  private open(container: Container, event: Extract<Event, { start: number }>): void {
    const parent = this.frames.at(-1);
    if (parent && !Array.isArray(parent.container) && parent.key === undefined)
      throw new Unparsable(this.offset, 'a mapping or a list cannot be a key');
    const anchor = event.anchorStart < 0 ? undefined : this.text.slice(event.anchorStart, event.anchorEnd);
    if (anchor !== undefined) this.anchors.set(anchor, undefined);
    this.visited++;
    const merged = Array.isArray(container) && parent?.merges ? parent.container : undefined;
    this.frames.push({ container, anchor, size: 1, key: undefined, merges: false, merged, inherited: undefined });
  }

  private close(): void {
    const frame = this.frames.pop();
    if (!frame) return;
    if (frame.anchor !== undefined) this.anchors.set(frame.anchor, { value: frame.container, size: frame.size });
    this.add(frame.container, frame.size);
  }

  private scalar(event: ScalarEvent): void {
    const source = getScalarValue(this.text, event);
    const tag = event.tagStart < 0 ? '' : this.text.slice(event.tagStart, event.tagEnd);
    const plain = event.style === SCALAR_STYLE.PLAIN && tag === '';
    const value = plain ? plainScalar(source) : tag === '' ? source : this.tagged(longName(tag), source);
    this.visited++;
    if (event.anchorStart >= 0)
      this.anchors.set(this.text.slice(event.anchorStart, event.anchorEnd), { value, size: 1 });
    const frame = this.frames.at(-1);
    if (frame && !Array.isArray(frame.container) && frame.key === undefined)
      this.openKey(frame, value, source === '<<' && (plain || longName(tag) === 'merge'));
    else this.add(value, 1);
  }

  private alias(name: string): void {
    const anchored = this.anchors.get(name);
    if (!anchored)
      throw new Unparsable(
        this.offset,
        this.anchors.has(name)
          ? `what the anchor ${name} names contains itself`
          : `no anchor before this is called ${name}`,
      );
    this.visited += 1 + anchored.size;
    this.visitedByAlias += anchored.size;
    if (
      this.visitedByAlias > 100 &&
      this.visited > 1000 &&
      this.visitedByAlias / this.visited > allowedShareOfAliases(this.visited)
    ) {
      throw new Unparsable(this.offset, 'kubectl refuses it: too much of the document comes from aliases');
    }
    const frame = this.frames.at(-1);
    if (frame && !Array.isArray(frame.container) && frame.key === undefined) {
      if (typeof anchored.value === 'object' && anchored.value !== null)
        throw new Unparsable(this.offset, 'a mapping or a list cannot be a key');
      this.openKey(frame, anchored.value as Scalar, false);
      return;
    }
    if (frame?.merges && Array.isArray(anchored.value)) throw new Unparsable(this.offset, MERGE_WANTS);
    this.add(anchored.value, 1 + anchored.size);
  }

  private openKey(frame: Frame, key: Scalar, merges: boolean): void {
    if (key === null)
      throw new Unparsable(this.offset, 'a key is empty; kubectl accepts strings, numbers and booleans as keys');
    frame.key =
      typeof key === 'number' && !Number.isFinite(key)
        ? Number.isNaN(key)
          ? '.nan'
          : key > 0
            ? '.inf'
            : '-.inf'
        : String(key);
    frame.merges = merges;
    frame.size++;
    if (merges || !Object.hasOwn(frame.container as object, frame.key)) return;
    if (frame.inherited?.has(frame.key)) frame.inherited.delete(frame.key);
    else this.duplicates.push(this.path());
  }

  /** A value is complete: it goes where it belongs. */
  private add(value: unknown, size: number): void {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new Unparsable(this.offset, 'infinity and NaN cannot be sent to Kubernetes: JSON does not have them');
    const frame = this.frames.at(-1);
    if (!frame) {
      this.result = value;
      return;
    }
    frame.size += size;
    const { container } = frame;
    if (Array.isArray(container)) {
      if (frame.merged && (typeof value !== 'object' || value === null || Array.isArray(value)))
        throw new Unparsable(this.offset, MERGE_WANTS);
      container.push(value);
      return;
    }
    if (frame.merges) this.merge(frame, value);
    else if (frame.key !== undefined) set(container as Record<string, unknown>, frame.key, value);
    frame.key = undefined;
    frame.merges = false;
  }

  /** What stands later wins, also over what is merged; of a list of mappings the first wins. */
  private merge(frame: Frame, value: unknown): void {
    if (typeof value !== 'object' || value === null) throw new Unparsable(this.offset, MERGE_WANTS);
    const sources = Array.isArray(value)
      ? (value as Record<string, unknown>[]).toReversed()
      : [value as Record<string, unknown>];
    for (const source of sources) {
      if (Array.isArray(source) || source === null || typeof source !== 'object')
        throw new Unparsable(this.offset, MERGE_WANTS);
      for (const [key, field] of Object.entries(source)) {
        set(frame.container as Record<string, unknown>, key, field);
        (frame.inherited ??= new Set()).add(key);
      }
    }
  }

  private tagged(tag: string | undefined, source: string): Scalar {
    const wrong = () => new Unparsable(this.offset, `${JSON.stringify(source)} is no !!${tag}`);
    const value = plainScalar(source);
    switch (tag) {
      case 'int':
        if (typeof value !== 'number' || !isInteger(source)) throw wrong();
        return value;
      case 'float':
        if (typeof value !== 'number') throw wrong();
        return value;
      case 'bool':
        if (typeof value !== 'boolean') throw wrong();
        return value;
      case 'null':
        if (value !== null) throw wrong();
        return null;
      case 'timestamp':
        if (!/^\d{4}-\d/.test(source)) throw wrong();
        return source;
      case 'binary':
        if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(source.replace(/[\r\n]/g, '')))
          throw wrong();
        return Buffer.from(source, 'base64').toString('utf8');
      default:
        return source;
    }
  }

  private path(): Path {
    return this.frames.map(({ container, key }) => (Array.isArray(container) ? container.length : key!));
  }
}

function startOf(event: Event | undefined): number | undefined {
  if (event?.type === EVENT_ID.SCALAR) return placeOf(event);
  return event && 'start' in event ? event.start : undefined;
}

const MERGE_WANTS = 'the value of `<<` must be a mapping, or a list of mappings';

function set(container: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
  else container[key] = value;
}

/** `int` of `!!int` and of `!<tag:yaml.org,2002:int>`; undefined for tags that are not YAML's own. */
function longName(tag: string): string | undefined {
  return /^!!(.*)$/.exec(tag)?.[1] ?? /^!<tag:yaml\.org,2002:(.*)>$/.exec(tag)?.[1];
}

/** go.yaml.in/yaml/v2, decode.go: small documents may be aliases nearly all through, large ones less and less. */
function allowedShareOfAliases(visited: number): number {
  const [low, high] = [400_000, 4_000_000];
  return visited <= low ? 0.99 : visited >= high ? 0.1 : 0.99 - (0.89 * (visited - low)) / (high - low);
}
