/** What `strata checks --init` writes: every key, commented out, with what it is for. */
export const CONFIG_TEMPLATE = `# How strata verify and strata flows judge this repository. Paths are relative to this file. Options of the command line come first.

# The cluster that the manifests go to: a file with what it has, or a cluster of clusters/.
# kubectl get nodes,storageclasses,ingressclasses,gatewayclasses,priorityclasses,runtimeclasses,crds,apiservices -o yaml > cluster.yaml
# cluster: cluster.yaml
# kubernetes: "1.35"

# Where objects that name no namespace are applied to (kubectl apply --namespace), and the same by path.
# namespace: shop
# namespaces:
#   vendor/argocd: argocd

# Objects that are defined elsewhere (Secrets without data are enough), or: these manifests are all there is.
# declare: [elsewhere.yaml]
# complete: true

# The manifests that are applied now, for fields that must not change.
# previous: live/

# What makes the command fail: will-break (the default), unknown, or advice.
# fail-on: will-break

# Checks and groups of checks that are not run, and how much others count: will-break, advice or off.
# skip: [cpu-limit-policy]
# severity:
#   image-pinned: will-break

# Findings that are accepted, with the reason. On a line of a manifest: # strata: ignore CHECK REASON
# suppress:
#   - check: naked-pod
#     object: Pod/shop/migrate-*
#     reason: lives for the length of a migration

# Rules of your own: CEL, true where all is well. for: object (the default), pod or container.
# rules:
#   - id: team-label
#     kinds: [Deployment, StatefulSet]
#     expression: has(object.metadata.labels) && 'team' in object.metadata.labels
#     message: nobody can tell whom to call when it fails
#     fix: add the label team
#     path: metadata.labels
#   - id: own-registry
#     for: container
#     expression: container.image.startsWith('registry.example.com/')
#     message: the image comes from a registry that nobody here looks after
#     fix: mirror the image to registry.example.com
#     path: image
`;
