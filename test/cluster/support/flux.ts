import { join } from 'node:path';
import type { Cluster } from './cluster';
import { goModule } from './go-module';

/** Where Flux' own definitions are; kustomize-controller itself cannot be built from modules. */
const MODULES = ['github.com/fluxcd/source-controller@v1.8.5', 'github.com/fluxcd/kustomize-controller@v1.9.0'];

/** Makes the kinds of Flux known; who waits for definitions to be established waits for these as well. */
export async function defineFlux(cluster: Cluster): Promise<void> {
  for (const module of MODULES) {
    const folder = goModule(module);
    await cluster.kubectl('apply', '--server-side', '-f', join(folder, 'config/crd/bases'));
  }
}
