# Build from the root of the repository: docker build --tag strata .
# Judge a folder:                        docker run --rm --volume "$PWD:/work:ro" strata verify k8s/
FROM docker.io/library/node:20.20.2-bookworm-slim AS build
WORKDIR /repo
# Manifests first: as long as they stay the same, so does the layer with the packages.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --workspaces=false
COPY . .
RUN npm install --global --prefix /package "./$(npm pack --silent)"

# The entry point of this image is node itself; there is no shell, no npm and nothing to write to.
FROM gcr.io/distroless/nodejs20-debian12:nonroot
COPY --from=build /package/lib/node_modules/strata /strata
ENV NODE_ENV=production
USER 65532
WORKDIR /work
ENTRYPOINT ["/nodejs/bin/node", "/strata/bin/strata.mjs"]
CMD ["verify"]
