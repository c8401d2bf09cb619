import { App, YamlOutputType } from 'cdk8s';
import { kind } from '../clusters/kind';
import { components } from '../constructs/app/components';
import { Config } from '../constructs/core/config';
import { Controller } from '../constructs/core/controller';
import { AppNamespace } from '../constructs/core/namespace';
import { FlowPolicy } from '../constructs/core/network-policies';
import { Workload } from '../constructs/core/workload';
import { Component } from '../constructs/synthesis/component';
import { synthesize } from '../constructs/synthesis/synthesis';
import type { Peer } from '../model/cluster-facts';
import { images } from '../model/images';
import { environment, resolveTarget } from '../model/target';
import { render } from '../render/render';

const gateway: Peer = { name: 'gateway', namespaceLabels: { gateway: 'public' }, podLabels: { app: 'gateway' } };

/** Without settings: those of the matrix speak of features that are not here. */
const bench = environment('bench', { ephemeral: true });
const { settings: _, ...facts } = kind;

/** So many objects in constructs of four: a config, the pods that read it, their Service, and the policy that lets a gateway in. */
function addObjects(app: App, objects: number): void {
  const blocks = Array.from({ length: Math.ceil(objects / 4) }, (_, i) => new Component(app, `web-${i}`));
  const namespace = new AppNamespace(blocks[0]!, 'namespace', { name: 'course', kubernetes: kind.kubernetes });
  if (objects < 4) return;
  for (const component of blocks) {
    const { name } = component;
    const config = new Config(component, `${name}-config`, { namespace, data: { PORT: '8080', NAME: name } });
    const workload = new Workload(component, name, {
      namespace,
      controller: Controller.deployment({ replicas: 2 }),
      pod: {
        container: {
          name: 'web',
          image: images.web,
          ports: { http: 8080 },
          envFrom: [{ config }],
          resources: { cpu: '50m', memory: '64Mi' },
        },
      },
    });
    workload.port('http').admits(gateway);
    // The first has the namespace as its fourth object.
    if (component !== blocks[0]) new FlowPolicy(component, 'policy', { workload });
  }
}

/** In the place of main.ts: takes the same constructs to files in a folder through our path, or through stock `app.synth()`. */
export default function grow([path, objects, out]: readonly [
  path: 'ours' | 'stock',
  objects: string,
  out: string,
]): void {
  if (path === 'stock') {
    const app = new App({ outdir: out, yamlOutputType: YamlOutputType.FILE_PER_CHART });
    addObjects(app, Number(objects));
    app.synth();
    return;
  }
  render({
    targets: [resolveTarget({ environment: bench, cluster: facts, features: [] }, components)],
    compose: () => {
      const app = new App();
      addObjects(app, Number(objects));
      return synthesize(app);
    },
    deliver: () => [],
    out,
  });
}
