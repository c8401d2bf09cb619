import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { newFolder } from '../render/support';

/** A Kustomize tree by path. */
export type Tree = Readonly<Record<string, string>>;

export function onDisk(tree: Tree): string {
  const folder = newFolder();
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: { app: web }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - name: web
        image: example.com/web:1.0
        args: [--log-level=info, --port=8080]
        env:
        - { name: MODE, value: quiet }
        - { name: API, value: http://api }
        ports: [{ name: http, containerPort: 8080 }]
        resources: { requests: { cpu: 100m, memory: 64Mi }, limits: { memory: 64Mi } }
`;
const SERVICE = `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: http }] }
`;
const INGRESS = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  rules:
  - host: web.example.com
    http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { name: http } } } }] }
`;
const BASE: Tree = {
  'base/kustomization.yaml': 'resources: [deployment.yaml, service.yaml]\n',
  'base/deployment.yaml': DEPLOYMENT,
  'base/service.yaml': SERVICE,
};
const DEV = 'resources: [../../base]\nnamespace: shop-dev\n';
const PROD = 'resources: [../../base]\nnamespace: shop-prod\n';

/** Overlays dev and prod of one base, with these lines more in their kustomizations. */
function overlays(dev: string, prod: string, more: Tree = {}, base: Tree = BASE): Tree {
  return {
    ...base,
    'overlays/dev/kustomization.yaml': DEV + dev,
    'overlays/prod/kustomization.yaml': PROD + prod,
    ...more,
  };
}

/** One tree for each way in which Kustomize makes overlays differ. */
export const TREES = {
  'replicas and images': overlays(
    'images: [{ name: example.com/web, newTag: main }]\n',
    'replicas: [{ name: web, count: 3 }]\nimages: [{ name: example.com/web, newName: registry.example.com/web, digest: sha256:24a0c4b4a4c0eb97a1aabb8e29f18e917d05abfe1b7a7c07857230879ce7d3d3 }]\n',
  ),
  'strategic merge patches': overlays('', 'patches: [{ path: resources.yaml }, { path: sidecar.yaml }]\n', {
    'overlays/prod/resources.yaml':
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: [{ name: web, resources: { limits: { memory: 128Mi } } }] } } }\n',
    'overlays/prod/sidecar.yaml':
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { priorityClassName: high, containers: [{ name: proxy, image: example.com/proxy:2 }] } } }\n',
  }),
  'JSON 6902 patches': overlays(
    'patches:\n- target: { kind: Deployment, name: web }\n  patch: |-\n    - { op: replace, path: /spec/template/spec/containers/0/env/0/value, value: loud }\n',
    'patches:\n- target: { kind: Service }\n  path: service.yaml\n- target: { kind: Deployment }\n  patch: |-\n    - { op: remove, path: /spec/template/spec/containers/0/env/1 }\n    - { op: add, path: /metadata/annotations, value: { owner: shop } }\n',
    {
      'overlays/prod/service.yaml':
        '- { op: replace, path: /spec/ports/0/port, value: 8080 }\n- { op: add, path: /spec/type, value: NodePort }\n',
    },
  ),
  'generators with hashes': overlays(
    'configMapGenerator:\n- { name: web-config, behavior: merge, literals: [LOG_LEVEL=debug] }\n',
    'configMapGenerator:\n- { name: web-config, behavior: merge, literals: [CACHE=on], files: [nginx.conf] }\nsecretGenerator:\n- { name: web-keys, behavior: replace, literals: [key=other], type: Opaque }\n',
    { 'overlays/prod/nginx.conf': 'server {\n  listen 80;\n}\n' },
    {
      ...BASE,
      'base/kustomization.yaml':
        'resources: [deployment.yaml, service.yaml]\nconfigMapGenerator:\n- { name: web-config, literals: [LOG_LEVEL=info, "HTML=<b>&amp;</b>"], files: [nginx.conf] }\nsecretGenerator:\n- { name: web-keys, envs: [keys.env] }\npatches: [{ path: reads.yaml }]\n',
      'base/nginx.conf': 'server {\n  listen 8080;\n  # `quoted` ${and} \\escaped\n}\n',
      'base/keys.env': 'key=secret\n',
      'base/reads.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: [{ name: web, envFrom: [{ configMapRef: { name: web-config } }, { secretRef: { name: web-keys } }] }] } } }\n',
    },
  ),
  'generators without hashes': overlays(
    'generatorOptions: { disableNameSuffixHash: true, labels: { made: here } }\nconfigMapGenerator: [{ name: flags, literals: [a=1] }]\n',
    'generatorOptions: { disableNameSuffixHash: true, immutable: true }\nconfigMapGenerator: [{ name: flags, literals: [a=2], options: { annotations: { why: prod } } }]\n',
  ),
  'prefixes and suffixes': overlays(
    'namePrefix: dev-\nnameSuffix: -blue\nconfigMapGenerator: [{ name: flags, literals: [a=1] }]\n',
    'namePrefix: live-\nconfigMapGenerator: [{ name: flags, literals: [a=1] }]\n',
  ),
  'labels and annotations': overlays(
    'labels:\n- { pairs: { team: shop, env: dev }, includeSelectors: true }\ncommonAnnotations: { contact: dev@example.com }\n',
    'labels:\n- { pairs: { team: shop, env: prod }, includeSelectors: true }\n- { pairs: { tier: front }, includeTemplates: true }\ncommonAnnotations: { contact: ops@example.com }\n',
  ),
  replacements: overlays(
    'replacements:\n- source: { kind: Service, name: web, fieldPath: metadata.namespace }\n  targets:\n  - { select: { kind: Deployment }, fieldPaths: ["spec.template.spec.containers.[name=web].env.[name=API].value"] }\n',
    'replacements: [{ path: replacement.yaml }]\n',
    {
      'overlays/prod/replacement.yaml':
        'source: { kind: Service, name: web, fieldPath: metadata.name }\ntargets:\n- { select: { kind: Deployment }, fieldPaths: ["spec.template.spec.containers.[name=web].env.[name=API].value"], options: { delimiter: /, index: 2 } }\n',
    },
  ),
  'components that are features': overlays(
    'components: [../../components/ingress]\n',
    'components: [../../components/ingress, ../../components/budget]\n',
    {
      'overlays/test/kustomization.yaml': 'resources: [../../base]\nnamespace: shop-test\n',
      'components/ingress/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [ingress.yaml]\npatches: [{ patch: "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, annotations: {public: \\"yes\\"}}}" }]\n',
      'components/ingress/ingress.yaml': INGRESS,
      'components/budget/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [budget.yaml]\n',
      'components/budget/budget.yaml':
        'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: web }\nspec: { maxUnavailable: 1, selector: { matchLabels: { app: web } } }\n',
    },
  ),
  'resources of one overlay, and one that it deletes': overlays(
    'patches: [{ patch: "{$patch: delete, apiVersion: v1, kind: Service, metadata: {name: web}}" }]\n',
    'resources: [../../base, autoscaler.yaml]\n'.replace(
      'resources: [../../base, ',
      'crds: []\ntransformers: []\ncomponents: [more]\n# ',
    ),
    {
      'overlays/prod/more/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [autoscaler.yaml]\n',
      'overlays/prod/more/autoscaler.yaml':
        'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: web }\nspec: { maxReplicas: 6, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web } }\n',
    },
  ),
  'custom kinds with their definition, crds, configurations and openapi': overlays(
    'namePrefix: dev-\n',
    'configurations: [names.yaml]\nnamePrefix: prod-\n',
    {
      'overlays/prod/names.yaml':
        'nameReference:\n- { kind: Deployment, fieldSpecs: [{ kind: Widget, path: spec/of }] }\n',
      'base/kustomization.yaml': 'resources: [deployment.yaml, widget.yaml, crd.yaml]\n',
      'base/widget.yaml':
        'apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: web }\nspec: { of: web, size: 1 }\n',
      'base/crd.yaml':
        'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: widgets.example.com }\nspec:\n  group: example.com\n  scope: Namespaced\n  names: { kind: Widget, plural: widgets }\n  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }]\n',
    },
  ),
  'transformers, generators and validators': overlays(
    'transformers: [label.yaml]\n',
    'generators: [config.yaml]\nsortOptions: { order: legacy }\nbuildMetadata: [managedByLabel]\n',
    {
      'overlays/dev/label.yaml':
        'apiVersion: builtin\nkind: LabelTransformer\nmetadata: { name: label }\nlabels: { stage: dev }\nfieldSpecs: [{ path: metadata/labels, create: true }]\n',
      'overlays/prod/config.yaml':
        'apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: { name: flags }\nliterals: [a=1]\n',
    },
  ),
  'bases of bases, and a namespace of their own': {
    ...BASE,
    'shop/kustomization.yaml': 'resources: [../base, namespace.yaml, roles.yaml]\nnamespace: shop\n',
    'shop/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n',
    'shop/roles.yaml':
      'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: web }\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: web-view }\nroleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }\nsubjects: [{ kind: ServiceAccount, name: web }]\n',
    'dev/kustomization.yaml': 'resources: [../shop]\n',
    'prod/kustomization.yaml': 'resources: [../shop]\nreplicas: [{ name: web, count: 2 }]\n',
  },
  'vars, and old fields': overlays(
    'vars:\n- { name: HOST, objref: { kind: Service, name: web, apiVersion: v1 }, fieldref: { fieldpath: metadata.name } }\npatchesStrategicMerge: [host.yaml]\n',
    'commonLabels: { env: prod }\npatchesJson6902:\n- { target: { version: v1, kind: Service, name: web }, path: port.yaml }\n',
    {
      'overlays/dev/host.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: [{ name: web, env: [{ name: API, value: http://$(HOST) }] }] } } }\n',
      'overlays/prod/port.yaml': '- { op: replace, path: /spec/ports/0/port, value: 81 }\n',
    },
  ),
} as const satisfies Readonly<Record<string, Tree>>;
