import { CLUSTER_NAMES, Cluster, keepClusters } from './cluster';

/** After the last test, also when a file died before its own clean-up. */
export default async function teardown(): Promise<void> {
  if (!keepClusters) for (const name of CLUSTER_NAMES) await new Cluster(name).down();
}
