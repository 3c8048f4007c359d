// A few threads that help the one that calls. What is computed does not depend on how many there are.
#ifndef KSHOT_THREADS_H_
#define KSHOT_THREADS_H_

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <thread>

namespace kshot {

class Threads {
 public:
  static Threads &all() {
    static Threads *threads = new Threads();  // never ends: helpers wait in it
    return *threads;
  }

  /// Calls f(0) … f(parts - 1), each once, in any order.
  void run(long parts, const std::function<void(long)> &f) {
    // one caller at a time has help; others, in worker threads of Node, do their own work
    if (helpers_ == 0 || parts < 2 || !busy_.try_lock()) {
      for (long i = 0; i < parts; i++) f(i);
      return;
    }
    {
      std::lock_guard<std::mutex> lock(mutex_);
      f_ = &f;
      parts_ = parts;
      next_ = 0;
      waiting_ = helpers_;
      round_++;
    }
    start_.notify_all();
    work(f, parts);
    {
      std::unique_lock<std::mutex> lock(mutex_);
      done_.wait(lock, [this] { return waiting_ == 0; });
    }
    busy_.unlock();
  }

 private:
  Threads() {
    const char *said = std::getenv("TF_NUM_INTRAOP_THREADS");
    long count = said ? std::atol(said) : 0;
    if (count < 1) count = std::thread::hardware_concurrency();
    helpers_ = count > 1 ? count - 1 : 0;
    for (long i = 0; i < helpers_; i++) std::thread([this] { help(); }).detach();
  }

  void help() {
    for (long round = 0;;) {
      const std::function<void(long)> *f;
      long parts;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        start_.wait(lock, [&] { return round_ != round; });
        round = round_;
        f = f_;
        parts = parts_;
      }
      work(*f, parts);
      std::lock_guard<std::mutex> lock(mutex_);
      if (--waiting_ == 0) done_.notify_one();
    }
  }

  void work(const std::function<void(long)> &f, long parts) {
    for (long i; (i = next_.fetch_add(1)) < parts;) f(i);
  }

  std::mutex busy_, mutex_;
  std::condition_variable start_, done_;
  const std::function<void(long)> *f_ = nullptr;
  std::atomic<long> next_{0};
  long helpers_ = 0, parts_ = 0, waiting_ = 0, round_ = 0;
};

}  // namespace kshot

#endif
