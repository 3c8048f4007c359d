// What kshot adds to TensorFlow.js' binding: kernels of its own on the memory of libtensorflow's tensors, and
// operations that run once for each group.
#include <malloc.h>
#include <node_api.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "adam.h"
#include "batch_norm.h"
#include "max_pool.h"
#include "patches.h"
#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"
#include "tfjs_backend.h"

namespace tfnodejs {

// of tfjs_backend.cc
void AssignOpAttr(napi_env env, TFE_Op *tfe_op, napi_value attr_value);

/// The binding's tensors by number.
struct KshotAccess {
  TFJSBackend *backend;

  TFE_Context *context() { return backend->tfe_context_; }
  TFE_TensorHandle *handle(int32_t id) {
    auto found = backend->tfe_handle_map_.find(id);
    return found == backend->tfe_handle_map_.end() ? nullptr : found->second;
  }
  napi_value made(napi_env env, TFE_TensorHandle *handle) {
    return backend->GenerateOutputTensorInfo(env, handle);
  }
};

namespace {

KshotAccess accessOf(napi_env env) {
  TFJSBackend *backend = nullptr;
  napi_get_instance_data(env, reinterpret_cast<void **>(&backend));
  return {backend};
}

napi_value fail(napi_env env, const std::string &message) {
  napi_throw_error(env, nullptr, ("kshot's native kernels: " + message).c_str());
  return nullptr;
}

std::string text(napi_env env, napi_value value) {
  size_t length = 0;
  napi_get_value_string_utf8(env, value, nullptr, 0, &length);
  std::string result(length, 0);
  napi_get_value_string_utf8(env, value, &result[0], length + 1, &length);
  return result;
}

std::vector<double> numbers(napi_env env, napi_value list) {
  uint32_t length = 0;
  napi_get_array_length(env, list, &length);
  std::vector<double> result(length);
  for (uint32_t i = 0; i < length; i++) {
    napi_value value;
    napi_get_element(env, list, i, &value);
    napi_get_value_double(env, value, &result[i]);
  }
  return result;
}

/// Tensors that are freed at the end of a call; the memory of handles is shared.
struct Tensors {
  std::vector<TF_Tensor *> all;
  ~Tensors() {
    for (TF_Tensor *tensor : all) TF_DeleteTensor(tensor);
  }
  TF_Tensor *of(TFE_TensorHandle *handle) {
    TF_Status *status = TF_NewStatus();
    TF_Tensor *tensor = handle ? TFE_TensorHandleResolve(handle, status) : nullptr;
    TF_DeleteStatus(status);
    if (tensor) all.push_back(tensor);
    return tensor;
  }
  TF_Tensor *make(TF_DataType dtype, const std::vector<int64_t> &shape) {
    size_t bytes = TF_DataTypeSize(dtype);
    for (int64_t n : shape) bytes *= n;
    TF_Tensor *tensor = TF_AllocateTensor(dtype, shape.data(), shape.size(), bytes);
    all.push_back(tensor);
    return tensor;
  }
};

float *data(TF_Tensor *tensor) { return static_cast<float *>(TF_TensorData(tensor)); }

std::vector<int64_t> shapeOf(TF_Tensor *tensor) {
  std::vector<int64_t> shape(TF_NumDims(tensor));
  for (size_t i = 0; i < shape.size(); i++) shape[i] = TF_Dim(tensor, i);
  return shape;
}

/// The results, as the binding tells of those of its operations.
napi_value told(napi_env env, KshotAccess access, const std::vector<TF_Tensor *> &results) {
  napi_value list;
  napi_create_array_with_length(env, results.size(), &list);
  for (size_t i = 0; i < results.size(); i++) {
    TF_Status *status = TF_NewStatus();
    TFE_TensorHandle *handle = TFE_NewTensorHandle(results[i], status);
    const bool ok = TF_GetCode(status) == TF_OK;
    TF_DeleteStatus(status);
    if (!ok) return fail(env, "no memory for a result");
    napi_set_element(env, list, i, access.made(env, handle));
  }
  return list;
}

/// How many numbers the inputs and the results of a kernel have; false where there is none of that name.
bool sized(const std::string &name, int64_t x, int64_t y, int64_t c, int64_t affine,
           std::vector<int64_t> *reads, std::vector<int64_t> *makes) {
  if (name == "batchNorm") {
    *reads = {x, affine, affine};
    *makes = {y, c, c};
  } else if (name == "batchNormGrad") {
    *reads = {y, x, affine, affine, c, c};
    *makes = {x, c, c};
  } else if (name == "batchNormGradGrad") {
    *reads = {x, c, c, y, x, affine, affine, c, c};
    *makes = {y, x, c};
  } else if (name == "maxPoolGrad") {
    *reads = {x, y};
    *makes = {x};
  } else if (name == "maxPoolTake") {
    *reads = {x, x};
    *makes = {y};
  } else {
    return false;
  }
  return true;
}

/// kshotKernel(name, numbers, inputs, shapes): numbers are n, h, w, c, groups, pool, relu, epsilon, shared; inputs
/// are read as they lie, under whatever shape; the results have the shapes that are given.
napi_value Kernel(napi_env env, napi_callback_info info) {
  size_t argc = 4;
  napi_value args[4];
  napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  const std::string name = text(env, args[0]);
  const std::vector<double> v = numbers(env, args[1]);
  const std::vector<double> ids = numbers(env, args[2]);
  // of Adam: how many, b1, 1 - b1, b2, 1 - b2, eps, unbiasM, unbiasV, and nothing
  if (v.size() != 9) return fail(env, name + " takes 9 numbers");
  const long n = v[0], h = v[1], w = v[2], c = v[3], groups = v[4];
  const kshot::BatchNorm b{groups, n, h, w, c, v[5] != 0, v[6] != 0, (float)v[7], v[8] != 0};

  KshotAccess access = accessOf(env);
  Tensors tensors;
  std::vector<const float *> in;
  std::vector<int64_t> counts;
  for (double id : ids) {
    TF_Tensor *tensor = tensors.of(access.handle((int32_t)id));
    if (!tensor || TF_TensorType(tensor) != TF_FLOAT) return fail(env, name + " takes tensors of float32");
    in.push_back(data(tensor));
    counts.push_back(TF_TensorElementCount(tensor));
  }
  const int64_t all = (int64_t)groups * b.rows() * c, pooled = (int64_t)groups * b.pooled() * c;
  const int64_t channels = groups * c;
  // sizes of what is read and made: a wrong one would read what is not there
  std::vector<int64_t> reads, makes;
  bool own = sized(name, all, pooled, channels, b.shared ? c : channels, &reads, &makes);
  if (name == "scaleByAdam") {
    own = true;
    reads = makes = {n, n, n};
  }
  if (!own || reads.size() != in.size()) return fail(env, "no kernel " + name + " of so many inputs");
  for (size_t i = 0; i < in.size(); i++)
    if (counts[i] != reads[i]) return fail(env, name + ": an input has another size than the numbers say");
  std::vector<TF_Tensor *> out;
  for (size_t i = 0; i < makes.size(); i++) {
    napi_value shape;
    napi_get_element(env, args[3], i, &shape);
    const std::vector<double> sides = numbers(env, shape);
    out.push_back(tensors.make(TF_FLOAT, std::vector<int64_t>(sides.begin(), sides.end())));
    if (TF_TensorElementCount(out[i]) != makes[i]) return fail(env, name + ": a result has another size");
  }
  const auto y = [&](size_t i) { return data(out[i]); };
  if (name == "scaleByAdam") {
    const kshot::Adam adam{(float)v[1], (float)v[2], (float)v[3], (float)v[4], (float)v[5], (float)v[6], (float)v[7]};
    kshot::scaleByAdam(adam, n, in[0], in[1], in[2], y(0), y(1), y(2));
  }
  if (name == "batchNorm") kshot::forward(b, in[0], in[1], in[2], y(0), y(1), y(2));
  if (name == "batchNormGrad")
    kshot::backward(b, in[0], in[1], in[2], in[3], in[4], in[5], y(0), y(1), y(2));
  if (name == "batchNormGradGrad")
    kshot::twice(b, {in[0], in[1], in[2], in[3], in[4], in[5], in[6], in[7], in[8], y(0), y(1), y(2)});
  if (name == "maxPoolGrad") kshot::maxPool(b, in[0], in[1], y(0), false);
  if (name == "maxPoolTake") kshot::maxPool(b, in[0], in[1], y(0), true);
  return told(env, access, out);
}

/// kshotPatches(back, numbers, input, shape): numbers are n, h, w, c, oh, ow, kh, kw, the strides, and what lies above
/// and to the left of the images; from images to the rows of their windows, or back.
napi_value Patches(napi_env env, napi_callback_info info) {
  size_t argc = 4;
  napi_value args[4];
  napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  bool back = false;
  napi_get_value_bool(env, args[0], &back);
  const std::vector<double> v = numbers(env, args[1]), sides = numbers(env, args[3]);
  double id = 0;
  napi_get_value_double(env, args[2], &id);
  if (v.size() != 12) return fail(env, "patches take 12 numbers");
  const auto at = [&](size_t i) { return (long)v[i]; };
  const kshot::Windows windows{at(0), at(1), at(2), at(3), at(4),  at(5),
                               at(6), at(7), at(8), at(9), at(10), at(11)};

  KshotAccess access = accessOf(env);
  Tensors tensors;
  TF_Tensor *in = tensors.of(access.handle((int32_t)id));
  if (!in || TF_TensorType(in) != TF_FLOAT) return fail(env, "patches are of a tensor of float32");
  TF_Tensor *out = tensors.make(TF_FLOAT, std::vector<int64_t>(sides.begin(), sides.end()));
  const int64_t images = windows.images(), rows = windows.numbers();
  if (TF_TensorElementCount(in) != (back ? rows : images)) return fail(env, "patches: the input has another size");
  if (TF_TensorElementCount(out) != (back ? images : rows)) return fail(env, "patches: the result has another size");
  if (back) kshot::fromPatches(windows, data(in), data(out));
  else kshot::patches(windows, data(in), data(out));
  return told(env, access, {out});
}

void keep(void *, size_t, void *) {}

/// One run of an operation: its result, or why there is none.
struct Run {
  TFE_TensorHandle *result = nullptr;
  std::string error;
};

/// An input of an operation that runs once for each group.
struct Operand {
  TFE_TensorHandle *handle;
  TF_Tensor *whole;
  bool split;                  // whether each group has a part of its own
  std::vector<int64_t> shape;  // of a part
  size_t bytes;                // of a part
};

void execute(TFE_Op *op, const std::vector<Operand> &operands, long group, Run *run) {
  TF_Status *status = TF_NewStatus();
  std::vector<TFE_TensorHandle *> parts;
  for (const Operand &operand : operands) {
    if (TF_GetCode(status) != TF_OK) break;
    if (operand.shape.empty()) {
      TFE_OpAddInput(op, operand.handle, status);
      continue;
    }
    char *at = static_cast<char *>(TF_TensorData(operand.whole)) + (operand.split ? operand.bytes * group : 0);
    TF_Tensor *part = TF_NewTensor(TF_TensorType(operand.whole), operand.shape.data(), operand.shape.size(), at,
                                   operand.bytes, keep, nullptr);
    parts.push_back(TFE_NewTensorHandle(part, status));
    TF_DeleteTensor(part);
    if (TF_GetCode(status) == TF_OK) TFE_OpAddInput(op, parts.back(), status);
  }
  int results = 1;
  if (TF_GetCode(status) == TF_OK) TFE_Execute(op, &run->result, &results, status);
  if (TF_GetCode(status) != TF_OK) run->error = TF_Message(status);
  for (TFE_TensorHandle *part : parts) TFE_DeleteTensorHandle(part);
  TF_DeleteStatus(status);
}

/// kshotEach(operation, attributes, inputs, groups, split, shapes): the operation once for each group. Of an input
/// that is split (1) each group has a part of the shape that is given, one after the other; others are whole. An
/// empty shape leaves an input as it is. The results are stacked.
napi_value Each(napi_env env, napi_callback_info info) {
  size_t argc = 6;
  napi_value args[6];
  napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  const std::string name = text(env, args[0]);
  const std::vector<double> ids = numbers(env, args[2]), split = numbers(env, args[4]);
  double count = 0;
  napi_get_value_double(env, args[3], &count);
  const long groups = count;
  uint32_t attrs = 0;
  napi_get_array_length(env, args[1], &attrs);

  KshotAccess access = accessOf(env);
  Tensors tensors;
  std::vector<Operand> operands;
  for (size_t i = 0; i < ids.size(); i++) {
    TFE_TensorHandle *handle = access.handle((int32_t)ids[i]);
    TF_Tensor *whole = tensors.of(handle);
    if (!whole) return fail(env, name + ": an input was disposed of");
    napi_value list;
    napi_get_element(env, args[5], i, &list);
    const std::vector<double> sides = numbers(env, list);
    const std::vector<int64_t> shape(sides.begin(), sides.end());
    size_t bytes = TF_DataTypeSize(TF_TensorType(whole));
    for (int64_t n : shape) bytes *= n;
    const size_t wanted = split[i] != 0 ? bytes * groups : bytes;
    if (!shape.empty() && wanted != TF_TensorByteSize(whole)) return fail(env, name + ": an input has another size");
    operands.push_back({handle, whole, split[i] != 0, shape, bytes});
  }
  if (groups < 1) return fail(env, name + ": no group");

  // attributes are read here, since only this thread may read them
  std::vector<TFE_Op *> ops;
  std::vector<Run> runs(groups);
  for (long group = 0; group < groups; group++) {
    TF_Status *status = TF_NewStatus();
    ops.push_back(TFE_NewOp(access.context(), name.c_str(), status));
    if (TF_GetCode(status) != TF_OK) runs[group].error = TF_Message(status);
    TF_DeleteStatus(status);
    for (uint32_t i = 0; ops[group] && i < attrs; i++) {
      napi_value attr;
      napi_get_element(env, args[1], i, &attr);
      AssignOpAttr(env, ops[group], attr);
    }
  }
  kshot::Threads::all().run(groups, [&](long group) {
    if (ops[group]) execute(ops[group], operands, group, &runs[group]);
  });

  TF_Tensor *joined = nullptr;
  std::string error;
  for (long group = 0; group < groups; group++) {
    if (ops[group]) TFE_DeleteOp(ops[group]);
    Run &run = runs[group];
    if (!run.result) {
      error = run.error;
      continue;
    }
    TF_Tensor *y = tensors.of(run.result);
    if (groups == 1) joined = y;
    if (!joined) {
      std::vector<int64_t> shape = shapeOf(y);
      shape.insert(shape.begin(), (int64_t)groups);
      joined = tensors.make(TF_TensorType(y), shape);
    }
    const size_t bytes = TF_TensorByteSize(y);
    if (groups > 1) std::memcpy(static_cast<char *>(TF_TensorData(joined)) + bytes * group, TF_TensorData(y), bytes);
    TFE_DeleteTensorHandle(run.result);
  }
  if (!error.empty() || !joined) return fail(env, name + ": " + error);
  return told(env, access, {joined});
}

}  // namespace

void KshotInit(napi_env env, napi_value exports) {
  // Tensors come and go by the megabyte: memory that the system gives anew each time costs more than what is
  // computed in it, so it is kept.
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
  const napi_property_descriptor properties[] = {
      {"kshotKernel", nullptr, Kernel, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"kshotPatches", nullptr, Patches, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"kshotEach", nullptr, Each, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  napi_define_properties(env, exports, 3, properties);
}

}  // namespace tfnodejs
