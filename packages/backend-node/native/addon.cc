// What kshot adds to TensorFlow.js' binding: kernels of its own on the memory of libtensorflow's tensors, and
// operations that run once for each group.
#include <malloc.h>
#include <node_api.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "batch_norm.h"
#include "max_pool.h"
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

/// kshotKernel(name, numbers, inputs): numbers are n, h, w, c, groups, pool, relu, epsilon, shared.
napi_value Kernel(napi_env env, napi_callback_info info) {
  size_t argc = 3;
  napi_value args[3];
  napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  const std::string name = text(env, args[0]);
  const std::vector<double> v = numbers(env, args[1]);
  const std::vector<double> ids = numbers(env, args[2]);
  if (v.size() != 9) return fail(env, name + " takes 9 numbers");
  const long n = v[0], h = v[1], w = v[2], c = v[3], groups = v[4];
  const kshot::BatchNorm b{groups, n, h, w, c, v[5] != 0, v[6] != 0, (float)v[7], v[8] != 0};

  KshotAccess access = accessOf(env);
  Tensors tensors;
  std::vector<const float *> in;
  std::vector<int64_t> full;
  for (double id : ids) {
    TF_Tensor *tensor = tensors.of(access.handle((int32_t)id));
    if (!tensor || TF_TensorType(tensor) != TF_FLOAT) return fail(env, name + " takes tensors of float32");
    in.push_back(data(tensor));
  }
  std::vector<int64_t> group, images, pooled, channels;
  if (groups > 1) group = {groups};
  images = pooled = channels = group;
  images.insert(images.end(), {n, h, w, c});
  pooled.insert(pooled.end(), {n, b.pool ? h / 2 : h, b.pool ? w / 2 : w, c});
  channels.push_back(c);
  const auto make = [&](const std::vector<int64_t> &shape) { return tensors.make(TF_FLOAT, shape); };

  if (name == "batchNorm" && in.size() == 3) {
    std::vector<TF_Tensor *> out{make(pooled), make(channels), make(channels)};
    kshot::forward(b, in[0], in[1], in[2], data(out[0]), data(out[1]), data(out[2]));
    return told(env, access, out);
  }
  if (name == "batchNormGrad" && in.size() == 6) {
    std::vector<TF_Tensor *> out{make(images), make(channels), make(channels)};
    kshot::backward(b, in[0], in[1], in[2], in[3], in[4], in[5], data(out[0]), data(out[1]), data(out[2]));
    return told(env, access, out);
  }
  if (name == "batchNormGradGrad" && in.size() == 9) {
    std::vector<TF_Tensor *> out{make(pooled), make(images), make(channels)};
    kshot::twice(b, {in[0], in[1], in[2], in[3], in[4], in[5], in[6], in[7], in[8], data(out[0]),
                     data(out[1]), data(out[2])});
    return told(env, access, out);
  }
  if (name == "maxPoolGrad" && in.size() == 2) {
    std::vector<TF_Tensor *> out{make(images)};
    kshot::maxPool(b, in[0], in[1], data(out[0]), false);
    return told(env, access, out);
  }
  if (name == "maxPoolTake" && in.size() == 2) {
    std::vector<TF_Tensor *> out{make(pooled)};
    kshot::maxPool(b, in[0], in[1], data(out[0]), true);
    return told(env, access, out);
  }
  return fail(env, "no kernel " + name + " of so many inputs");
}

void keep(void *, size_t, void *) {}

/// kshotEach(operation, attributes, inputs, groups, split): the operation once for each group. Of the inputs
/// that `split` names (1), each group has its own part along the first axis; the results are stacked.
napi_value Each(napi_env env, napi_callback_info info) {
  size_t argc = 5;
  napi_value args[5];
  napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  const std::string name = text(env, args[0]);
  const std::vector<double> ids = numbers(env, args[2]), split = numbers(env, args[4]);
  double groups = 0;
  napi_get_value_double(env, args[3], &groups);
  uint32_t attrs = 0;
  napi_get_array_length(env, args[1], &attrs);

  KshotAccess access = accessOf(env);
  Tensors tensors;
  std::vector<TFE_TensorHandle *> handles;
  std::vector<TF_Tensor *> whole;
  for (double id : ids) {
    handles.push_back(access.handle((int32_t)id));
    whole.push_back(tensors.of(handles.back()));
    if (!whole.back()) return fail(env, name + ": an input was disposed of");
  }
  TF_Tensor *joined = nullptr;
  for (long group = 0; group < groups; group++) {
    TF_Status *status = TF_NewStatus();
    TFE_Op *op = TFE_NewOp(access.context(), name.c_str(), status);
    std::vector<TFE_TensorHandle *> parts;
    for (size_t i = 0; op && i < ids.size() && TF_GetCode(status) == TF_OK; i++) {
      if (split[i] == 0) {
        TFE_OpAddInput(op, handles[i], status);
        continue;
      }
      std::vector<int64_t> shape = shapeOf(whole[i]);
      const size_t bytes = TF_TensorByteSize(whole[i]) / (shape[0] ? shape[0] : 1);
      char *at = static_cast<char *>(TF_TensorData(whole[i])) + bytes * group;
      shape.erase(shape.begin());
      TF_Tensor *part = TF_NewTensor(TF_TensorType(whole[i]), shape.data(), shape.size(), at, bytes, keep, nullptr);
      parts.push_back(TFE_NewTensorHandle(part, status));
      TF_DeleteTensor(part);
      TFE_OpAddInput(op, parts.back(), status);
    }
    for (uint32_t i = 0; op && i < attrs; i++) {
      napi_value attr;
      napi_get_element(env, args[1], i, &attr);
      AssignOpAttr(env, op, attr);
    }
    TFE_TensorHandle *result = nullptr;
    int results = 1;
    if (TF_GetCode(status) == TF_OK) TFE_Execute(op, &result, &results, status);
    const std::string message = TF_GetCode(status) == TF_OK ? "" : TF_Message(status);
    if (op) TFE_DeleteOp(op);
    for (TFE_TensorHandle *part : parts) TFE_DeleteTensorHandle(part);
    TF_DeleteStatus(status);
    if (!message.empty() || !result) return fail(env, name + ": " + message);
    {
      Tensors own;
      TF_Tensor *y = own.of(result);
      if (!joined) {
        std::vector<int64_t> shape = shapeOf(y);
        shape.insert(shape.begin(), (int64_t)groups);
        joined = tensors.make(TF_TensorType(y), shape);
      }
      const size_t bytes = TF_TensorByteSize(y);
      std::memcpy(static_cast<char *>(TF_TensorData(joined)) + bytes * group, TF_TensorData(y), bytes);
    }
    TFE_DeleteTensorHandle(result);
  }
  if (!joined) return fail(env, name + ": no group");
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
      {"kshotEach", nullptr, Each, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  napi_define_properties(env, exports, 2, properties);
}

}  // namespace tfnodejs
