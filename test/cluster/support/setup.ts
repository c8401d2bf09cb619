import { CLUSTER_NAMES, Cluster, keepClusters, toolPath } from './cluster';
import { targets } from './rendered';

/** Before the first test: the tool and the manifests are there, and no cluster of an earlier run is. */
export default async function setup(): Promise<void> {
  try {
    toolPath();
    if (targets().length === 0) throw new Error('There are no manifests in dist/: run "npm run synth" first.');
  } catch (error) {
    // What is missing, and no stack trace of jest around it.
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(2);
  }
  if (!keepClusters) for (const name of CLUSTER_NAMES) await new Cluster(name).down();
}
