import type { Group } from '../checks/check';
import type { FailOn } from '../checks/finding';
import type { RiskClass } from '../diff/risk/classes';
import { NEWEST_KUBERNETES, OLDEST_KUBERNETES } from '../model/kubernetes-version';
import type { AlertFormat } from '../report/alert-stories';
import type { CapacityFormat } from '../report/capacity';
import type { ChainFormat } from '../report/chains';
import type { DiffFormat } from '../report/diff/formats';
import type { DrainPlanFormat } from '../report/drain-plan';
import type { MaintenanceFormat } from '../report/drains';
import type { FlowFormat } from '../report/flow-formats';
import type { Format } from '../report/formats';
import type { MaintenancePlanFormat } from '../report/maintenance-plan';
import type { PlacementFormat } from '../report/placements';
import type { RolloutFormat } from '../report/rollouts';
import type { RoutingFormat } from '../report/routing';
import type { ScalePlanFormat } from '../report/scale-plan';
import type { SeriesFormat } from '../report/series';
import type { SizeFormat } from '../report/size';
import type { Flow } from '../simulate/network/flows';
import type { Provider } from '../world/components';
import type { CommandTable } from './options/table';
import { commandTable } from './options/table';

// The options of every command. They are data alone, so that the help loads no command. What they repeat of the judging half,
// the compiler and test/cli/tables.test.ts compare with it.

const FORMATS = ['text', 'json', 'sarif', 'junit', 'github', 'markdown'] as const satisfies readonly Format[];
export const GROUP_NAMES = [
  'schema',
  'references',
  'lifecycle',
  'resources',
  'scaling',
  'scheduling',
  'disruption',
  'networking',
  'security',
  'storage',
  'monitoring',
  'gitops',
  'upgrade',
] as const satisfies readonly Group[];

const FAIL_ON = ['will-break', 'unknown', 'advice'] as const satisfies readonly FailOn[];

const watch = {
  description: 'run again whenever a source, or a file that is read, is saved; errors are shown, and watching goes on',
} as const;
const TARGETS = 'every target of the matrix';
const GLOBS = "the targets, by name or by glob: 'prod@cloud-*'";
const declare = {
  value: 'PATH',
  repeatable: true,
  completes: ['file', 'folder'],
  description: 'objects that exist elsewhere, beside these manifests',
  unset: 'what is not among the manifests may exist elsewhere, and is unknown',
} as const;
const complete = {
  description: 'these manifests are all there is, beside what every cluster has: what they do not hold does not exist',
} as const;
const namespace = {
  value: 'NS',
  short: 'n',
  description: 'the namespace that objects which name none are applied to, as with `kubectl apply --namespace`',
  unset: 'default',
} as const;
const config = {
  value: 'FILE',
  completes: ['file'],
  description: 'the configuration of the repository; `strata checks --init` writes one',
  unset: '.strata.yaml of this folder or the nearest above it, up to the root of the repository',
} as const;
const cluster = {
  value: 'NAME|PATH',
  completes: ['cluster', 'file', 'folder'],
  description: 'facts of the cluster: a name in clusters/, or objects as `kubectl get -o yaml` prints them',
} as const;

const RISKS = [
  'no-effect',
  'metadata',
  'in-place',
  'unknown',
  'restart',
  'capacity',
  'exposure',
  'privilege',
  'disruption',
  'immutable',
  'data-loss',
] as const satisfies readonly RiskClass[];
const failOnRisk = {
  value: 'CLASS',
  choices: RISKS,
  description: 'exit with 1 where a change is of this class or a worse one, and nobody has accepted it',
  unset: 'a change is no failure',
} as const;
const acceptedFile = {
  value: 'FILE',
  completes: ['file'],
  description: 'changes that are let through once, each with its mark, the reason and the last day',
  unset: 'accepted-risks.yaml at the root of the project, if it is there',
} as const;

export const render = commandTable({
  name: 'render',
  summary: 'render targets to YAML, all or nothing',
  arguments: [{ name: 'TARGET', repeatable: true, completes: ['target'], description: GLOBS, unset: TARGETS }],
  options: {
    out: {
      value: 'DIR',
      completes: ['folder'],
      writes: true,
      description: 'the folder of the tree',
      unset: 'dist at the root of the project',
    },
    previous: {
      value: 'DIR',
      completes: ['folder'],
      description: 'the tree that is live now; earlier versions of its hashed configs are kept',
      unset: 'none are kept',
    },
    watch,
  },
});

export const publish = commandTable({
  name: 'publish',
  summary:
    'commit what has changed of the rendered tree to a GitOps repository; without --push nothing leaves this machine',
  arguments: [],
  options: {
    repo: {
      value: 'DIR|URL',
      completes: ['folder'],
      writes: true,
      description:
        'a clone, a bare repository or a URL; the last two are only shown what would be committed without --push',
      unset: 'the one that Argo CD reads (repoUrl in environments/delivery.ts)',
    },
    branch: {
      value: 'BRANCH',
      description: 'the branch to commit to; one that is not there begins at the default branch',
      unset: 'the one that is checked out in a clone; else the one that Argo CD reads, or the default branch',
    },
    folder: {
      value: 'FOLDER',
      description: 'the folder of the tree in the repository',
      unset: 'the one that Argo CD reads, or the root of the repository',
    },
    target: {
      value: 'TARGET',
      repeatable: true,
      completes: ['target'],
      description: `publish only ${GLOBS.replace('the ', 'these ')}; the others stay as they are`,
      unset: TARGETS,
    },
    layout: {
      value: 'LAYOUT',
      choices: ['folders', 'branches'],
      description:
        '`folders`: one branch with a folder per target; `branches`: a branch per environment, all moved together',
      default: 'folders',
    },
    prefix: {
      value: 'PREFIX',
      description: 'with --layout branches: how the branches of the environments begin',
      default: 'environment/',
    },
    'fail-on': {
      ...failOnRisk,
      description: 'publish nothing where a change is of this class or a worse one, and nobody has accepted it',
      unset: 'no class of change is refused',
    },
    accepted: acceptedFile,
    push: { description: 'push the commit; if somebody else was faster, render over theirs and push again' },
    config,
  },
});

export const promote = commandTable({
  name: 'promote',
  summary:
    'take the versions that one target pins to another one: shown first, then written to environments/versions.json',
  arguments: [
    { name: 'FROM', completes: ['target'], description: 'the target whose versions are taken, such as staging@cloud' },
    {
      name: 'TO',
      completes: ['target'],
      description: 'the target that gets them; others of its environment get them too',
    },
  ],
  options: {
    only: {
      value: 'NAME,…',
      commas: true,
      repeatable: true,
      description: 'take these images and charts alone, by their names in the file',
      unset: 'all that differ',
    },
    write: { description: 'write it; else it is only shown' },
  },
});

export const synth = commandTable({
  name: 'synth',
  summary: 'render every target for `cdk8s synth`, which calls this command',
  arguments: [],
  options: {},
});

export const verify = commandTable({
  name: 'verify',
  summary: 'judge manifests or targets before they are applied: what will break, and why',
  arguments: [
    {
      name: 'PATH|TARGET',
      repeatable: true,
      completes: ['target', 'file', 'folder'],
      description: "files, folders, - for standard input, or targets by name or by glob: 'prod@cloud-*'",
      unset: TARGETS,
    },
  ],
  options: {
    config,
    cluster: { ...cluster, unset: "a target's own cluster; unknown for other manifests" },
    kubernetes: {
      value: 'VERSION',
      description: `the version of Kubernetes, such as 1.31; known are ${OLDEST_KUBERNETES} to ${NEWEST_KUBERNETES}`,
      unset: "the cluster's, or that of its oldest kubelet",
    },
    namespace,
    declare,
    complete,
    previous: {
      value: 'PATH',
      completes: ['file', 'folder'],
      description: 'the manifests that are live now, for fields that must not change',
      unset: 'changes are not judged',
    },
    only: {
      value: 'ID|GROUP,…',
      commas: true,
      repeatable: true,
      completes: ['group', 'check'],
      description: 'run these checks or groups of checks',
      unset: 'all checks',
    },
    skip: {
      value: 'ID|GROUP,…',
      commas: true,
      repeatable: true,
      completes: ['group', 'check'],
      description: 'leave out these checks or groups of checks',
      unset: 'none',
    },
    suppress: {
      value: 'FILE',
      repeatable: true,
      completes: ['file'],
      description: 'suppressions, each with its reason',
      unset: 'those in annotations alone',
    },
    'stdin-filename': {
      value: 'FILE',
      completes: ['file'],
      description: 'the file that standard input is an unsaved version of: findings name it, and it is not read',
      unset: 'findings name it -',
    },
    format: { value: 'FORMAT', choices: FORMATS, description: 'the format of the report', default: 'text' },
    all: { description: 'show every place of every finding, and advice that cannot be told' },
    'fail-on': {
      value: 'WHAT',
      choices: FAIL_ON,
      description: 'exit with 1 from this on: what will break, also what cannot be told whether it breaks, also advice',
      unset: 'will-break',
    },
    fix: {
      description:
        'correct in the files what is certain and in one place, and show what changes; comments and layout stay',
    },
    'dry-run': { description: 'with --fix: show what would change, and write nothing' },
    explain: {
      value: 'ID',
      completes: ['check'],
      description: 'explain one check with its example, and judge nothing',
      unset: 'manifests are judged',
    },
    watch,
  },
});

export const checks = commandTable({
  name: 'checks',
  summary: 'list what `verify` checks, by group, or explain checks with their examples; --init writes a configuration',
  arguments: [
    {
      name: 'ID',
      repeatable: true,
      completes: ['check'],
      description: 'the checks to explain',
      unset: 'all checks, listed',
    },
  ],
  options: {
    format: { value: 'FORMAT', choices: ['text', 'json'], description: 'the format of the list', default: 'text' },
    init: { description: 'write a commented .strata.yaml into this folder, and list nothing' },
  },
});

const END =
  'a part of the name of workloads, `pods`, `outside`, `nodes`, `gateway`, an address or a block of addresses';
export const flows = commandTable({
  name: 'flows',
  summary: 'list who may connect to which port of whom, with the policies that allow or deny it',
  arguments: [
    {
      name: 'PATH',
      repeatable: true,
      completes: ['file', 'folder'],
      description:
        'files or folders of manifests, or - for standard input. `diff A B` compares two of them; `why FROM TO:PORT PATH…` explains one connection',
    },
  ],
  options: {
    from: { value: 'END', description: `flows from ${END}`, unset: 'from all' },
    to: {
      value: 'END[:PORT]',
      description: `flows to ${END}, or \`services\`, at one port if it is given`,
      unset: 'to all workloads',
    },
    only: {
      value: 'VERDICT',
      choices: ['allowed', 'denied', 'unknown'] as const satisfies readonly Flow['verdict'][],
      description: 'flows with this verdict',
      unset: 'all of them',
    },
    config,
    cluster: { ...cluster, unset: 'unknown' },
    namespace,
    declare,
    complete,
    format: {
      value: 'FORMAT',
      choices: ['text', 'json', 'csv', 'markdown', 'dot', 'mermaid', 'svg'] as const satisfies readonly FlowFormat[],
      description: 'the format of the list; `dot`, `mermaid` and `svg` are pictures',
      default: 'text',
    },
  },
});

const COMPARED =
  'a file or folder, - for standard input, targets by name or by glob, a revision of git, or REVISION:PATH';

export const diff = commandTable({
  name: 'diff',
  summary: 'what a change does to every target, by meaning and each change once, and how dangerous it is',
  arguments: [
    {
      name: 'BEFORE',
      completes: ['target', 'file', 'folder'],
      description: COMPARED,
      unset: 'what is committed (HEAD), rendered',
    },
    {
      name: 'AFTER',
      completes: ['target', 'file', 'folder'],
      description: 'the same of what comes in its place',
      unset: 'the sources as they are now, rendered',
    },
  ],
  options: {
    target: {
      value: 'TARGET',
      repeatable: true,
      completes: ['target'],
      description: `of what is rendered, ${GLOBS}`,
      unset: TARGETS,
    },
    live: {
      description:
        'BEFORE is what stands in the cluster under the names of these objects, without what controllers and the API server put there',
    },
    kubeconfig: {
      value: 'FILE',
      completes: ['file'],
      description: 'with --live: the access to the cluster',
      unset: "kubectl's own",
    },
    context: { value: 'NAME', description: 'with --live: the context in it', unset: 'the current one' },
    config,
    cluster: { ...cluster, unset: "a target's own cluster; unknown for other manifests" },
    kubernetes: {
      value: 'VERSION',
      description: 'the version of Kubernetes, such as 1.31',
      unset: "the cluster's, or the newest that is known",
    },
    namespace,
    declare,
    complete,
    format: {
      value: 'FORMAT',
      choices: ['text', 'json', 'markdown', 'html'] as const satisfies readonly DiffFormat[],
      description: 'the format of the report; `markdown` fits a comment on a pull request, `html` is one page',
      default: 'text',
    },
    all: { description: 'show every object and every line of long changes, and all that is said of them' },
    'fail-on': failOnRisk,
    accepted: acceptedFile,
  },
});

/** Which nodes are drained or lost, and how. */
const whichNodes = {
  node: {
    with: ['drain', 'lose', 'maintain'],
    value: 'NODE',
    repeatable: true,
    description: 'the nodes to drain or lose, in this order',
    unset: 'those that --zone or --all name',
  },
  zone: {
    with: ['drain', 'lose', 'maintain'],
    value: 'ZONE',
    repeatable: true,
    description: 'the nodes of a zone to drain or lose, by their label topology.kubernetes.io/zone',
    unset: 'no zone',
  },
  all: { with: ['drain', 'lose', 'maintain'], description: 'drain every node, each uncordoned before the next' },
  force: {
    with: ['drain', 'maintain', 'upgrade'],
    description: 'pods that nothing makes anew are drained as well, as with kubectl drain --force',
  },
} as const;

/** From which version of Kubernetes to which, and by whom. */
const whichVersions = {
  to: {
    with: ['upgrade'],
    value: 'VERSION',
    description: 'upgrade: the version that the cluster is to have, such as 1.36 or 1.36.2',
    unset: 'the next minor version',
  },
  from: {
    with: ['upgrade'],
    value: 'VERSION',
    description: 'upgrade: the version of the control plane, such as 1.34',
    unset: "that of the kube-apiserver pods, the cluster's own, or that of its newest kubelet",
  },
  provider: {
    with: ['upgrade'],
    value: 'PROVIDER',
    choices: ['kubeadm', 'eks', 'gke', 'aks'] as const satisfies readonly Provider[],
    description: 'upgrade: what made the cluster, and upgrades it',
    unset: 'by the labels of its nodes; kubeadm where they do not tell',
  },
} as const;

/** The manifests of one cluster, and what is known of it. */
const manifestsOfOne = {
  name: 'PATH|TARGET',
  repeatable: true,
  completes: ['target', 'file', 'folder'],
  description: 'files or folders of manifests, - for standard input, or a target',
  unset: 'the target, if there is only one, or this folder',
} as const;
const ofOneCluster = {
  config,
  cluster: { ...cluster, unset: "the target's own, or unknown" },
  namespace,
  declare,
  complete,
} as const;
/** The same, and what is done to its nodes. */
const ofOneMaintained = { ...ofOneCluster, ...whichNodes, ...whichVersions } as const;

export const simulate = commandTable({
  name: 'simulate',
  summary:
    'what a cluster would do: place its pods, bring them elsewhere when nodes are drained or lost, roll a new revision out, take a new version',
  arguments: [
    {
      name: 'WHAT',
      choices: ['schedule', 'drain', 'lose', 'rollout', 'upgrade'],
      description:
        '`schedule`: which nodes take each pod; `drain`: whether nodes can be drained, one after the other; `lose`: what runs again without them; `rollout`: whether a new revision of each workload replaces the old one; `upgrade`: by which steps Kubernetes comes to another version, and what breaks at which',
    },
    manifestsOfOne,
  ],
  options: {
    ...ofOneMaintained,
    unready: {
      with: ['rollout'],
      description: 'rollout: the new pods never become ready, to see what goes on serving',
    },
    format: {
      value: 'FORMAT',
      choices: ['text', 'json'] as const satisfies readonly (PlacementFormat & MaintenanceFormat & RolloutFormat)[],
      description: 'the format of the list',
      default: 'text',
    },
  },
});

export const plan = commandTable({
  name: 'plan',
  summary:
    'the steps by which nodes are drained, as a runbook or a script, simulated before; how full a cluster is; how an autoscaler scales over a day; what containers should ask for; how many series are scraped; and how a version is released',
  arguments: [
    {
      name: 'WHAT',
      choices: ['drain', 'maintain', 'upgrade', 'capacity', 'scale', 'size', 'series', 'release'],
      description:
        '`drain`: nodes, one after the other; `maintain`: all nodes, or those named, one or one zone at a time, drained or tainted; `upgrade`: Kubernetes to another version; `capacity`: how full they are, and what they have room for without a node or a zone, and with autoscalers at their maximum; `scale`: the pods of a workload that a HorizontalPodAutoscaler scales, over a day of load, of a target and the workload; `size`: what containers should ask for by what they were seen to use; `series`: how many series each Prometheus has, and whether its volume and memory hold them; `release`: the stages in which the next version of a service gets its requests, of a target and the service',
    },
    manifestsOfOne,
  ],
  options: {
    ...ofOneMaintained,
    by: {
      with: ['maintain'],
      value: 'GROUP',
      choices: ['node', 'zone'] as const,
      description: 'maintain: one node at a time, or all nodes of a zone together',
      default: 'node',
    },
    taint: {
      with: ['maintain'],
      value: 'KEY[=VALUE]',
      description:
        'maintain: make nodes empty with this taint and the effect NoExecute, which heeds no budget, and lets pods stay for the seconds that they tolerate it',
      unset: 'they are drained',
    },
    top: {
      with: ['capacity'],
      value: 'FILE',
      completes: ['file'],
      description: 'capacity: what `kubectl top pods -A` printed, to compare what pods ask for with what they use',
      unset: 'nothing is compared',
    },
    use: {
      with: ['size'],
      value: 'FILE',
      repeatable: true,
      completes: ['file'],
      description:
        'size: what was used, as `kubectl top pods -A --containers` printed it, once or many times, or JSON of the query API of Prometheus',
      unset: 'the plan asks for it',
    },
    load: {
      with: ['scale'],
      value: 'FILE',
      completes: ['file'],
      description:
        'scale: the load of a day, lines such as `16:30 120`: a time, and how many requests per second, or what else is counted',
      unset: 'that of --curve',
    },
    curve: {
      with: ['scale'],
      value: 'SHAPE',
      description:
        'scale: the load of a day as `day:LOW..HIGH`, lowest at 4 and highest at 16, `office:LOW..HIGH`, high from 9 to 17, or `flat:LOAD`',
      unset: 'that of --load',
    },
    takes: {
      with: ['scale'],
      value: 'NAME=AMOUNT[+IDLE]',
      repeatable: true,
      commas: true,
      description:
        'scale: of each metric of the autoscaler, what a unit of the load takes, and what a pod takes without any, such as cpu=5m+20m',
      unset: 'the plan asks for what is missing',
    },
    serves: {
      with: ['scale'],
      value: 'LOAD',
      description: 'scale: how much of the load a pod serves at most',
      unset: 'what its CPU limit allows',
    },
    ready: {
      with: ['scale'],
      value: 'SECONDS',
      description: 'scale: how long a pod needs until it is ready',
      default: '30',
    },
    date: {
      with: ['scale'],
      value: 'DATE',
      description: 'scale: the day, such as 2026-01-05, where pods go by the clock, too',
      unset: 'the first from then on at which hours begin',
    },
    spike: {
      with: ['scale'],
      value: 'FACTOR[@TIME]',
      description: 'scale: a load that is so many times as much within a minute, and when',
      default: '3',
    },
    format: {
      value: 'FORMAT',
      choices: ['markdown', 'text', 'json', 'sh', 'patch'] as const satisfies readonly (
        | DrainPlanFormat
        | MaintenancePlanFormat
        | CapacityFormat
        | ScalePlanFormat
        | SeriesFormat
        | SizeFormat
      )[],
      description:
        '`markdown`: for people, steps are numbered; `text`: tables; `json`: for programs; `sh`: a script that does the steps, and checks between them; `patch`: of size, the settings of the target, or patches of the manifests',
      unset: '`markdown`; of capacity, scale, series and size `text`',
    },
  },
});

export const alerts = commandTable({
  name: 'alerts',
  summary: 'say of every alert who gets it, by what, when and how often, when it is muted, and what keeps it back',
  arguments: [manifestsOfOne],
  options: {
    ...ofOneCluster,
    at: {
      value: 'TIME',
      description: 'whether it is told at this instant, such as 2030-01-31T23:00:00Z',
      unset: 'at which times it is told',
    },
    format: {
      value: 'FORMAT',
      choices: ['text', 'json', 'markdown'] as const satisfies readonly AlertFormat[],
      description: 'the format of the list; `markdown` is the page that runbook links lead to',
      default: 'text',
    },
  },
});

export const chain = commandTable({
  name: 'chain',
  summary:
    'follow an alert, a dashboard, an autoscaler or a series link by link, from the program that exposes it to whoever is told, and say where it breaks',
  arguments: [
    {
      name: 'NAME',
      description:
        'the name of an alert, of an autoscaler or of the metric that it scales by, of a series, or of the file of a dashboard',
    },
    manifestsOfOne,
  ],
  options: {
    ...ofOneCluster,
    format: {
      value: 'FORMAT',
      choices: ['text', 'json', 'markdown'] as const satisfies readonly ChainFormat[],
      description: 'the format of the links',
      default: 'text',
    },
  },
});

export const route = commandTable({
  name: 'route',
  summary:
    'say who answers a request from outside: which rule of a route, an Ingress or an IngressRoute takes it and why, with which shares, and what reaches the backend',
  arguments: [
    { name: 'METHOD', description: 'the method of the request, such as GET' },
    { name: 'URL', description: 'its URL, such as https://shop.example.com/api?q=1' },
    manifestsOfOne,
  ],
  options: {
    ...ofOneCluster,
    header: {
      short: 'H',
      value: 'HEADER',
      repeatable: true,
      description: 'a header of the request, such as `X-Group: beta`',
      unset: 'none',
    },
    format: {
      value: 'FORMAT',
      choices: ['text', 'json'] as const satisfies readonly RoutingFormat[],
      description: 'the format of the answer',
      default: 'text',
    },
  },
});

export const toGateway = commandTable({
  name: 'to-gateway',
  summary:
    'print the HTTPRoutes that do what Ingresses of ingress-nginx do, with what is lost on the way as comments: the controller is retired',
  arguments: [manifestsOfOne],
  options: {
    ...ofOneCluster,
    gateway: {
      value: 'NAMESPACE/NAME',
      description: 'the Gateway that the routes attach to',
      unset: 'the only one that is known',
    },
  },
});

export const facts = commandTable({
  name: 'facts',
  summary:
    'print the facts of a live cluster, for --cluster: what kubectl may list, without Secrets, environments and commands',
  arguments: [],
  options: {
    kubeconfig: {
      value: 'FILE',
      completes: ['file'],
      description: 'the access to the cluster',
      unset: "kubectl's own",
    },
    context: { value: 'NAME', description: 'the context in it', unset: 'the current one' },
  },
});

export const targets = commandTable({
  name: 'targets',
  summary: 'list the matrix: targets with their features, excluded pairs with the reason',
  arguments: [{ name: 'TARGET', repeatable: true, completes: ['target'], description: GLOBS, unset: TARGETS }],
  options: {
    where: {
      value: 'NAME=GLOB',
      repeatable: true,
      completes: ['where'],
      description:
        'those with this environment, cluster, feature or version of kubernetes, such as cluster=cloud-*; all conditions must hold',
      unset: 'all are listed',
    },
    format: { value: 'FORMAT', choices: ['text', 'json'], description: 'the format of the list', default: 'text' },
    check: { description: 'render each in memory as well, so that one which `strata render` refuses is an error' },
    how: { description: 'print the commands that apply each: by Argo CD, by Flux, by kubectl' },
  },
});

export const secrets = commandTable({
  name: 'secrets',
  summary: 'print the Secrets that targets expect from outside, and the commands that make them',
  arguments: [{ name: 'TARGET', repeatable: true, completes: ['target'], description: GLOBS, unset: TARGETS }],
  options: {
    format: {
      value: 'FORMAT',
      choices: ['text', 'json'],
      description: 'the format; text is a shell script as well, with the rest as comments',
      default: 'text',
    },
  },
});

export const explain = commandTable({
  name: 'explain',
  summary: 'explain where a setting, an object or a field comes from',
  arguments: [
    {
      name: 'TARGET',
      completes: ['target'],
      description: 'the target, such as dev@kind, or a glob that matches one; `strata targets` lists them',
    },
    {
      name: 'OBJECT|SETTING',
      completes: ['object'],
      description: 'one of its objects, such as Deployment/web, or of its settings, such as web.replicas or all of web',
      unset: "all of the target's settings are explained",
    },
    {
      name: 'FIELD',
      description: 'one of its fields, such as spec.template.spec.containers[web].image',
      unset: 'the whole object is explained',
    },
  ],
  options: {},
});

const featureArguments = [
  {
    name: 'TARGET',
    completes: ['target'],
    description: 'a target, such as dev@kind, or any environment@cluster, also where the matrix has no such target',
  },
  { name: 'FEATURE', completes: ['feature'], description: 'the feature; `strata features` lists them' },
] as const;
const answerFormat = {
  value: 'FORMAT',
  choices: ['text', 'json'],
  default: 'text',
  description: 'how it is printed',
} as const;

export const why = commandTable({
  name: 'why',
  summary: 'show what a feature brings to a target: objects, fields of others, connections and settings',
  arguments: featureArguments,
  options: { format: answerFormat },
});

export const whyNot = commandTable({
  name: 'why-not',
  summary: 'show what keeps a target from having a feature, and the lines that mend it',
  arguments: featureArguments,
  options: { format: answerFormat },
});

export const features = commandTable({
  name: 'features',
  summary: 'list the features with what they need and their options',
  arguments: [],
  options: {},
});

export const clusters = commandTable({
  name: 'clusters',
  summary: 'list the clusters, or print one as Kubernetes objects',
  arguments: [
    { name: 'NAME', completes: ['cluster'], description: 'the cluster to print', unset: 'all clusters, listed' },
  ],
  options: {
    output: {
      value: 'FORMAT',
      short: 'o',
      choices: ['yaml', 'json', 'kind'],
      description: 'the format of one cluster, or `kind`: the configuration for `kind create cluster --config`',
      unset: 'yaml',
    },
  },
});

const newProject = {
  name: { value: 'NAME', description: 'what the platform is called', unset: 'as its folder' },
  strata: {
    value: 'SPEC',
    description: 'how package.json names strata, as for `npm install`',
    unset: 'the version that runs, or the file that it was installed from',
  },
  'dry-run': { description: 'show what would be written, and write nothing' },
} as const;

export const init = commandTable({
  name: 'init',
  summary: 'begin a project: one app in two environments on one cluster, with tests and CI',
  arguments: [{ name: 'DIR', completes: ['folder'], description: 'the folder of the project', unset: 'this folder' }],
  options: {
    ...newProject,
    from: {
      value: 'PATH',
      completes: ['folder'],
      description: 'take over what stands there, as `strata adopt` does',
      unset: 'one app is written as an example',
    },
  },
});

export const add = commandTable({
  name: 'add',
  summary: 'add an environment, a cluster, a feature or a workload: its file, and the lines that name it',
  arguments: [
    { name: 'KIND', choices: ['environment', 'cluster', 'feature', 'workload'], description: 'what to add' },
    { name: 'NAME', description: 'what it is called' },
  ],
  options: {},
});

export const vendor = commandTable({
  name: 'vendor',
  summary: 'fetch a Helm chart into charts/, and note its version and digest in charts.lock.yaml',
  arguments: [
    {
      name: 'CHART',
      description: 'the name of the chart in the repository, or its address (oci://…)',
      unset: 'every chart of charts.lock.yaml is fetched again, and must be the same',
    },
  ],
  options: {
    repo: { value: 'URL', description: 'the repository of the chart', unset: 'CHART is an address' },
    version: { value: 'VERSION', description: 'the version to fetch', unset: 'the newest' },
  },
});

export const adopt = commandTable({
  name: 'adopt',
  summary: 'begin a project that renders what a Kustomize tree, a chart or a folder of YAML renders, and prove it',
  arguments: [
    {
      name: 'PATH',
      completes: ['folder', 'file'],
      description: 'the Kustomize tree, the chart or the folder of YAML; it is only read',
    },
    { name: 'DIR', completes: ['folder'], description: 'the folder of the project', unset: 'this folder' },
  ],
  options: {
    ...newProject,
    release: {
      value: 'NAME',
      description: 'what the release of a chart is called',
      unset: 'as the folder of the chart',
    },
    namespace: {
      value: 'NS',
      short: 'n',
      description: 'the namespace that a chart is installed into',
      unset: 'what it renders names none of its own',
    },
    values: {
      value: 'FILE',
      completes: ['file'],
      repeatable: true,
      description: 'a file of values of a chart: each is an environment',
      unset: 'those in the chart: values-prod.yaml, prod.values.yaml, values/prod.yaml, env/prod.yaml and the like',
    },
    kubernetes: {
      value: 'VERSION',
      description: `the version of Kubernetes that a chart is rendered for, and that the new clusters run; known are ${OLDEST_KUBERNETES} to ${NEWEST_KUBERNETES}`,
      unset: `${NEWEST_KUBERNETES}, the newest`,
    },
  },
});

export const help = commandTable({
  name: 'help',
  summary: 'show the commands, or the arguments and options of one',
  arguments: [{ name: 'COMMAND', completes: ['command'], description: 'the command', unset: 'all commands, listed' }],
  options: {},
});

export const completion = commandTable({
  name: 'completion',
  summary: 'print the script that completes commands, options, targets and objects in a shell',
  arguments: [{ name: 'SHELL', choices: ['bash', 'zsh', 'fish'], description: 'the shell' }],
  options: {},
});

/** Every command, in the order of the help. */
export const COMMAND_TABLES: readonly CommandTable[] = [
  render,
  publish,
  promote,
  synth,
  verify,
  checks,
  flows,
  diff,
  simulate,
  plan,
  alerts,
  chain,
  route,
  toGateway,
  facts,
  targets,
  secrets,
  explain,
  why,
  whyNot,
  features,
  clusters,
  init,
  add,
  vendor,
  adopt,
  help,
  completion,
];
