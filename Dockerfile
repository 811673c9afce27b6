# The course in a container:
#   docker build -t ganlab .
#   docker run --rm -p 127.0.0.1:8888:8888 ganlab     then open the address that it prints
FROM python:3.12-slim
RUN apt-get update && apt-get install --yes --no-install-recommends make git \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home reader
USER reader
WORKDIR /home/reader/ganlab
# First what seldom changes, so that a new text does not install TensorFlow again.
COPY --chown=reader requirements.txt pyproject.toml setup.py ./
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir -r requirements.txt
COPY --chown=reader . .
RUN .venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation -e . && touch .venv/.installed
EXPOSE 8888
CMD ["make", "lab", "LAB_ARGS=--no-browser --ip=0.0.0.0 --port=8888"]
