# Two stages: pip and its caches stay behind. No shell is needed at run time.
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY operator operator
COPY crds crds
RUN python -m venv /opt/tagwarden \
 && /opt/tagwarden/bin/pip install --no-cache-dir --constraint constraints.txt ".[postgresql]" \
 # Tests and headers of libraries, and the asynchronous Kubernetes client, which nothing imports: 90 MB.
 && cd /opt/tagwarden/lib/python3.12/site-packages \
 && rm -rf kubernetes/aio pyarrow/include pyarrow/tests \
 && find numpy -type d -name tests -prune -exec rm -rf {} +

FROM python:3.12-slim
LABEL org.opencontainers.image.title="tagwarden" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/tagwarden /opt/tagwarden
ENV PATH=/opt/tagwarden/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TAGWARDEN_INVENTORY=/var/lib/tagwarden/inventory \
    TAGWARDEN_STATE=sqlite:////var/lib/tagwarden/state.db
USER 65532:65532
VOLUME /var/lib/tagwarden
EXPOSE 8080
ENTRYPOINT ["tagwarden"]
CMD ["operator"]
