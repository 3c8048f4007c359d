// Workers that import on demand, as the wasm backend is imported, need modules.
export default { worker: { format: 'es' }, logLevel: 'error', build: { outDir: 'vite' } }
