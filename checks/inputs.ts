import { decode } from '../manifests/reading/file';
import type { InputsReading, SystemAccess } from '../manifests/reading/inputs';
import { readInputs } from '../manifests/reading/inputs';
import type { Reading, Unreadable } from '../manifests/reading/read';
import type { Resource } from '../manifests/resource';
import { explained } from '../model/system-errors';
import { existing } from './paths';
import { readSuppressions } from './suppression/read';
import type { Suppression } from './suppression/suppression';

/** Manifests, with the documents beside them that say something of them. */
export interface Manifests {
  readonly resources: readonly Resource[];
  readonly documents: readonly Resource[];
}

/** Reads all that one report is about, and collects what cannot be read. */
export class Inputs {
  readonly unreadable: Unreadable[] = [];
  /** Files of folders in which there are no Kubernetes objects. */
  readonly skipped: string[] = [];
  /** What of these could not be read: it looks like no manifest, and may be one all the same. */
  readonly overlooked: Unreadable[] = [];

  constructor(
    private readonly surroundings: SystemAccess,
    private readonly progress: ((text: string) => void) | undefined,
  ) {}

  /** Reads files and folders; charts are rendered for the version of Kubernetes. */
  read(paths: readonly string[], kubernetes?: SystemAccess['kubernetes']): Manifests & Pick<InputsReading, 'built'> {
    this.progress?.(`reading ${paths.join(' ')}`);
    const read = readInputs(paths, { ...this.surroundings, kubernetes });
    this.skipped.push(...read.skipped);
    this.overlooked.push(...read.overlooked);
    return { ...this.add(read), built: read.built };
  }

  /** Takes what was read elsewhere. */
  add({ resources, documents, unreadable }: Reading): Manifests {
    this.unreadable.push(...unreadable);
    return { resources, documents };
  }

  /** The objects at the path that an option names. */
  objectsAt(option: string, path: string): readonly Resource[] {
    return this.read([existing(option, path)]).resources;
  }

  suppressionsAt(option: string, path: string): readonly Suppression[] {
    existing(option, path);
    const bytes = explained(`${option} ${path}`, ['name a file of suppressions'], () => this.surroundings.read(path));
    const source = decode(path, bytes);
    const read = 'reason' in source ? { suppressions: [], unreadable: [source] } : readSuppressions(source);
    this.unreadable.push(...read.unreadable);
    return read.suppressions;
  }
}
