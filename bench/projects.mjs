import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './measure.mjs';

export const checkout = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What rendering does not read. */
const LEFT_OUT = ['node_modules', 'dist', 'services', 'test', 'docs'];

/** A copy of this project: measuring neither reads nor touches what is rendered in the checkout. */
export function copyProject(to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(checkout)) {
    if (!LEFT_OUT.includes(entry) && !entry.startsWith('.'))
      cpSync(join(checkout, entry), join(to, entry), { recursive: true });
  }
  symlinkSync(join(checkout, 'node_modules'), join(to, 'node_modules'));
  return new Project(to);
}

/** A copy of this project with `size` environments on each of `size` clusters, every one a source file of its own. */
export function generateProject(to, size) {
  const project = copyProject(to);
  const numbers = Array.from({ length: size }, (_, i) => i);
  for (const i of numbers) {
    const base = ['kind', 'shared', 'cloud'][i % 3];
    project.write(
      `clusters/c${i}.ts`,
      `import { cluster } from '../model/cluster';
import { ${base} } from './${base}';

// Settings of features that these targets have not are none.
const { name: _, settings: { kubeStateMetrics: __, ...settings } = {}, ...facts } = ${base};
/** With metrics of its own, since only one of a cluster's targets may bring the metrics-server, and with a store for secrets. */
export const c${i} = cluster('c${i}', { ...facts, settings, argoCluster: 'c${i}', domain: 'c${i}.example.com', resourceMetrics: true, secretStore: 'vault' });
`,
    );
    project.changeEnvironment(i, 2);
  }
  // The environments of this project have an order, and these are others.
  const delivery = readFileSync(join(project.folder, 'environments/delivery.ts'), 'utf8');
  project.write('environments/delivery.ts', delivery.replace(/^.*progressive:.*\n/m, ''));
  project.write(
    'environments/matrix.ts',
    `${numbers.map((i) => `import { c${i} } from '../clusters/c${i}';\nimport { e${i} } from './e${i}';`).join('\n')}
import { components } from '../constructs/app/components';
import { autoscaling, disruptionBudgets, networkPolicies, prometheus, workloadZoo, zoneSpread } from '../features';
import { Matrix, target } from '../model/matrix';

const rehearsed = [prometheus, autoscaling, networkPolicies, disruptionBudgets, zoneSpread];
const features = [[prometheus, autoscaling, networkPolicies, workloadZoo], rehearsed, rehearsed];
const environments = [${numbers.map((i) => `e${i}`).join(', ')}];
const clusters = [${numbers.map((i) => `c${i}`).join(', ')}];

export const matrix = new Matrix(
  components,
  ...environments.flatMap((environment, i) => clusters.map((cluster) => target(environment, cluster, features[i % 3]!))),
);
`,
  );
  return project;
}

/** A copy of this project that makes as many objects as it is asked for: bundled as a project is, and without the commands. */
export function growingProject(to) {
  const project = copyProject(to);
  project.write('main.ts', "export { default } from './bench/growth';\n");
  project.write(
    'growth.mjs',
    "import { projectBundles } from './bin/bundles.mjs';\nprojectBundles(import.meta.dirname).load('project').default(process.argv.slice(2));\n",
  );
  return project;
}

class Project {
  asides = 0;

  constructor(folder) {
    this.folder = folder;
  }

  /** Runs strata in the project. */
  strata(...args) {
    return this.node('bin/strata.mjs', ...args);
  }

  node(...args) {
    return run(['node', ...args], { cwd: this.folder });
  }

  /** Of a growing project: objects in files of a folder, on our path or the stock one. */
  grow(path, objects, out) {
    return this.node('growth.mjs', path, String(objects), out);
  }

  /** Verifies the whole matrix. */
  verify() {
    const { seconds, stdout } = this.strata('verify');
    return { seconds, objects: Number(/^(\d+) objects/m.exec(stdout)[1]) };
  }

  write(path, text) {
    writeFileSync(join(this.folder, path), text);
  }

  /** An environment like dev, staging or prod, with its number of web replicas. */
  changeEnvironment(i, replicas) {
    const base = ['dev', 'staging', 'prod'][i % 3];
    this.write(
      `environments/e${i}.ts`,
      `import { because } from '../model/layers';
import { environment } from '../model/target';
import { ${base} } from './${base}';

// Settings of features that these targets have not are none.
const { name: _, settings: { kubeStateMetrics: __, ...settings } = {}, ...facts } = ${base};
export const e${i} = environment('e${i}', {
  ...facts,
  settings: { ...facts.settings, web: { ...facts.settings?.web, replicas: because(${replicas}, 'the bench says so') } },
});
`,
    );
  }

  /**
   * Nothing is rendered; the bundle of the sources stays. Moved aside, not deleted: where files were just
   * deleted, some file systems make new ones many times slower (ext4 without a journal), and that is not what is measured.
   */
  forgetRendered() {
    this.putAside('dist');
  }

  putAside(...paths) {
    for (const path of paths) {
      if (existsSync(join(this.folder, path)))
        renameSync(join(this.folder, path), join(this.folder, `.aside-${this.asides++}`));
    }
  }
}
