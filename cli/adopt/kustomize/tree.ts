import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Unparsable } from '../../../manifests/reading/yaml/events';
import { parseYaml } from '../../../manifests/reading/yaml/parse';
import { StrataError } from '../../../model/errors';
import { entriesBelow } from '../files';

/** The names that Kustomize looks for, in its order. */
const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** One kustomization, as its file says it. */
export interface Kustomization {
  /** The folder, relative to the source. */
  readonly folder: string;
  /** The file, relative to the source. */
  readonly file: string;
  readonly isComponent: boolean;
  readonly says: Readonly<Record<string, unknown>>;
  /** Other kustomizations that it is made of. */
  readonly bases: readonly Kustomization[];
  readonly components: readonly Kustomization[];
}

/** Every kustomization below a folder, and those that it names outside of it. */
export class KustomizeTree {
  private readonly layers = new Map<string, Kustomization>();
  private readonly found: readonly string[];

  constructor(private readonly root: string) {
    this.found = ['', ...[...entriesBelow(root)].filter(({ isFolder }) => isFolder).map(({ path }) => path)].filter(
      (folder) => fileIn(join(root, folder)) !== undefined,
    );
    for (const folder of this.found) this.layerAt(realpathSync(join(root, folder)), []);
  }

  /** Those that no other one is made of: what people build. */
  get overlays(): Kustomization[] {
    const all = [...this.layers.values()];
    const used = new Set(all.flatMap(({ bases, components }) => [...bases, ...components]));
    const below = new Set(this.found);
    return all.filter((layer) => !layer.isComponent && !used.has(layer) && below.has(layer.folder));
  }

  get components(): Kustomization[] {
    return [...this.layers.values()].filter(({ isComponent }) => isComponent);
  }

  private layerAt(folder: string, above: readonly string[]): Kustomization {
    if (above.includes(folder))
      throw new StrataError(
        this.shown(folder),
        `is made of itself: ${[...above.slice(above.indexOf(folder)), folder].map((each) => this.shown(each)).join(' → ')}`,
        ['remove one of these from the resources of the other'],
      );
    const known = this.layers.get(folder);
    if (known) return known;
    const name = fileIn(folder)!;
    const file = join(folder, name);
    const says = this.read(file);
    this.refuse(file, says);
    const inner = (fields: readonly string[]) =>
      fields.flatMap((field) =>
        textsIn(says[field]).flatMap((entry) => {
          const path = join(folder, entry);
          if (!existsSync(path)) throw this.missing(file, field, entry);
          if (!statSync(path).isDirectory()) return [];
          if (fileIn(path) === undefined)
            throw new StrataError(this.shown(file), `${field}: ${entry} has no ${NAMES[0]}`, [
              'name a folder that has one',
            ]);
          return [this.layerAt(realpathSync(path), [...above, folder])];
        }),
      );
    const layer: Kustomization = {
      folder: this.shown(folder),
      file: this.shown(file),
      isComponent: says['kind'] === 'Component',
      says,
      bases: inner(['resources', 'bases']),
      components: inner(['components']),
    };
    this.layers.set(folder, layer);
    return layer;
  }

  private read(file: string): Readonly<Record<string, unknown>> {
    const says = yamlIn(this.shown(file), readFileSync(file, 'utf8'));
    if (says === null) return {};
    if (typeof says !== 'object' || Array.isArray(says))
      throw new StrataError(this.shown(file), 'is no map of fields', ['write a kustomization']);
    return says as Readonly<Record<string, unknown>>;
  }

  /** What would come from elsewhere. */
  private refuse(file: string, says: Readonly<Record<string, unknown>>): void {
    const charts = ['helmCharts', 'helmChartInflationGenerator'].find((field) => textsIn(says[field], true).length > 0);
    if (charts !== undefined)
      throw new StrataError(
        this.shown(file),
        `${charts}: charts are rendered by another program, with values of their own`,
        [
          'vendor first: helm template … > chart.yaml, and name chart.yaml under resources',
          'adopt the chart by itself: strata adopt CHART',
        ],
      );
    for (const field of ['resources', 'bases', 'components', 'crds'])
      for (const entry of textsIn(says[field]))
        if (isRemote(dirname(file), entry))
          throw new StrataError(this.shown(file), `${field}: ${entry} is fetched from elsewhere`, [
            'vendor first: fetch it into the repository, and name the folder',
          ]);
  }

  private missing(file: string, field: string, entry: string): StrataError {
    return new StrataError(this.shown(file), `${field}: ${entry} is not there`, [
      'put it there',
      `remove it from ${field}`,
    ]);
  }

  private shown(path: string): string {
    return relative(realpathSync(this.root), path).replaceAll('\\', '/');
  }
}

/** The value of a file of YAML. */
export function yamlIn(file: string, text: string): unknown {
  try {
    return parseYaml(text).value;
  } catch (error) {
    if (!(error instanceof Unparsable)) throw error;
    throw new StrataError(file, `is no YAML: ${error.reason}`, ['mend the YAML there']);
  }
}

function fileIn(folder: string): string | undefined {
  return NAMES.find((name) => existsSync(join(folder, name)));
}

export function textsIn(list: unknown, any = false): string[] {
  return Array.isArray(list) ? list.filter((entry) => any || typeof entry === 'string') : [];
}

function isRemote(folder: string, entry: string): boolean {
  return !existsSync(join(folder, entry)) && /:\/\/|^git@|\?ref=|^[\w.-]+\.[a-z]{2,}\/[^/]+\/[^/]+/.test(entry);
}
