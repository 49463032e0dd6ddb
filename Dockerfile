# The programs with git and git-lfs: for jobs of continuous integration, and for who has no Rust.
#
#   docker build --build-arg BUILD_COMMIT=$(git rev-parse HEAD) --tag database-tools .
#   docker run --rm --volume "$PWD:/work" --user "$(id -u):$(id -g)" database-tools gen-schema --check
FROM rust:1-bookworm AS build
WORKDIR /source
COPY . .
ARG BUILD_COMMIT
RUN cargo build --release --locked -p gen-schema -p gen-dummy -p lfs-agent

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git git-lfs openssh-client \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /source/target/release/gen-schema /source/target/release/gen-dummy /source/target/release/lfs-agent /source/target/release/git-database /usr/local/bin/
# For every user of the container: some versions of git-lfs don't read the system's configuration during a clone, so
# the lines are also in the HOME that jobs have by default.
RUN git lfs install --system --skip-repo && lfs-agent install --system && git lfs install --skip-repo && lfs-agent install
# A mounted repository belongs to somebody else than the container's user, and git would refuse it.
RUN git config --system --add safe.directory '*'
WORKDIR /work
CMD ["sh", "-c", "gen-schema --version; gen-dummy --version; lfs-agent --version; git-database --version"]
