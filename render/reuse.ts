import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Target } from '../model/target';
import type { IndexEntry, PlannedTarget } from './plan';
import { compare } from './plan';

interface Rendered {
  /** Of everything that the target's files are made from. */
  readonly key: string;
  /** Of its files as they were written, and of its part of the index. */
  readonly content: string;
}

/**
 * What the last render was made from, so that a target whose inputs did not change keeps its files. That is sound because
 * constructs and features know clusters and environments only through the target's data: the key is the hash of that data
 * and of all code but the clusters' and environments'. Files that somebody changed by hand are rendered again.
 */
export class Reuse {
  private readonly known: Record<string, Rendered>;
  private readonly next: Record<string, Rendered> = {};

  constructor(
    private readonly root: string,
    /** The hash of the code; undefined renders everything. */
    private readonly code: string | undefined,
    private readonly memory: string,
  ) {
    this.known = code === undefined ? {} : readMemory(memory);
  }

  /** Whether the target's files stand in the old tree just as rendering would write them. */
  stands(target: Target, objects: readonly IndexEntry[]): boolean {
    const rendered = this.known[this.id(target)];
    if (
      !rendered ||
      rendered.key !== this.key(target) ||
      rendered.content !== contentOf(join(this.root, target.path), objects)
    )
      return false;
    this.next[this.id(target)] = rendered;
    return true;
  }

  /** Takes down what was rendered. */
  rendered(target: Target, { files, objects }: PlannedTarget): void {
    const texts = [...files].sort((a, b) => compare(a.path, b.path)).map(({ path, text }) => `${path}\n${text}`);
    this.next[this.id(target)] = { key: this.key(target), content: hash([...texts, JSON.stringify(objects)]) };
  }

  /** Keeps it for the next run. A memory that can not be written costs only time. */
  save(): void {
    if (this.code === undefined) return;
    try {
      mkdirSync(dirname(this.memory), { recursive: true });
      writeFileSync(this.memory, JSON.stringify({ ...this.known, ...this.next }));
    } catch {
      // The next run renders everything.
    }
  }

  private id(target: Target): string {
    return `${this.root}/${target.path}`;
  }

  private key(target: Target): string {
    const { environment, cluster, features, settings, patches } = target;
    const { settings: _, ...facts } = cluster;
    return hash([
      this.code ?? '',
      JSON.stringify([environment.name, environment.ephemeral, facts, features, settings, patches]),
    ]);
  }
}

function readMemory(path: string): Record<string, Rendered> {
  try {
    return { ...(JSON.parse(readFileSync(path, 'utf8')) as Record<string, Rendered> | null) };
  } catch {
    return {};
  }
}

function contentOf(folder: string, objects: readonly IndexEntry[]): string | undefined {
  try {
    return hash([
      ...readdirSync(folder)
        .sort()
        .map((file) => `${file}\n${readFileSync(join(folder, file), 'utf8')}`),
      JSON.stringify(objects),
    ]);
  } catch {
    return undefined;
  }
}

function hash(parts: readonly string[]): string {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part).update('\0');
  return sum.digest('hex');
}
