import { join, relative, sep } from 'node:path';
import type { FileReading } from '../../manifests/reading/file';
import type { ReadingMemory, SystemAccess } from '../../manifests/reading/inputs';

/**
 * What is read of one folder, for the other one that it is compared with: a file of the same name and the same bytes says the same. So only
 * what differs is parsed twice.
 */
export class TwinFiles implements ReadingMemory {
  private readonly readings = new Map<string, FileReading>();
  private readonly roots: string[] = [];

  /** The folder that is read next. */
  enter(root: string): void {
    this.roots.push(root);
  }

  keep(file: string, reading: FileReading): void {
    if (this.roots.length === 1) this.readings.set(file, reading);
  }

  find(file: string, read: SystemAccess['read']): FileReading | undefined {
    const [first, second] = this.roots;
    if (first === undefined || second === undefined) return undefined;
    const below = relative(second, file);
    if (below === '' || below === '..' || below.startsWith(`..${sep}`)) return undefined;
    const twin = join(first, below);
    const reading = this.readings.get(twin);
    // What could not be read says where.
    if (!reading || reading.unreadable.length > 0) return undefined;
    return read(twin).equals(read(file)) ? reading : undefined;
  }
}
