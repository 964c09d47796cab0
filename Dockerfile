# One image for every service of docker-compose.yml: they differ by command only, and so never by version.
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
# Package indexes are pip's own settings, e.g. --build-arg PIP_EXTRA_INDEX_URL=… for PyTorch without CUDA.
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PATH=/opt/raisontext/bin:$PATH
WORKDIR /src
RUN python3 -m venv /opt/raisontext
# Dependencies first: this layer is built again only when they change.
COPY pyproject.toml constraints.txt ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" \
        > /tmp/requirements.txt \
    && pip install --no-cache-dir -c constraints.txt -r /tmp/requirements.txt
COPY . .
RUN pip install --no-cache-dir --no-deps . && raisontext --help > /dev/null

FROM ${BASE}
ENV PATH=/opt/raisontext/bin:$PATH PYTHONUNBUFFERED=1 HOME=/data \
    RAISONTEXT_DATA_DIR=/data RAISONTEXT_HOST=0.0.0.0
# Named volumes take over the owner of the directories that they cover.
RUN groupadd --gid 10001 raisontext \
    && useradd --uid 10001 --gid raisontext --home-dir /data --no-create-home raisontext \
    && install -d -o raisontext -g raisontext -m 0700 /data /label-studio
COPY --from=build /opt/raisontext /opt/raisontext
USER 10001:10001
WORKDIR /data
EXPOSE 8000 8080 8501
CMD ["python", "-m", "app.api"]
