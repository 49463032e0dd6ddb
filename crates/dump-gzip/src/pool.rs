//! Threads that work on jobs and give the results back in the order of the jobs.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, spawn};

/// Jobs under way for each thread: enough that none waits, few enough to bound memory.
const JOBS_PER_THREAD: usize = 2;

/// A fixed number of threads. At most twice as many jobs are under way; whoever hands in more
/// waits for the oldest. A pool of one thread has none of its own: jobs are done as they are handed in.
pub struct WorkerPool<Job, Done> {
    /// Does the jobs of a pool without threads.
    own_work: Option<Box<dyn FnMut(Job) -> Done>>,
    jobs: Option<Sender<(u64, Job)>>,
    results: Receiver<(u64, Done)>,
    threads: Vec<JoinHandle<()>>,
    /// Results that came before their turn.
    early: BTreeMap<u64, Done>,
    next_job: u64,
    next_result: u64,
    most_under_way: usize,
}

impl<Job: Send + 'static, Done: Send + 'static> WorkerPool<Job, Done> {
    /// Starts threads, if more than one is wanted. Each makes a worker of its own, which may keep buffers.
    pub fn new<Work: FnMut(Job) -> Done + 'static>(
        threads: usize,
        make_worker: impl Fn() -> Work + Send + Sync + 'static,
    ) -> Self {
        let threads = if threads > 1 { threads } else { 0 };
        let own_work =
            (threads == 0).then(|| Box::new(make_worker()) as Box<dyn FnMut(Job) -> Done>);
        let (jobs, job_receiver) = channel::<(u64, Job)>();
        let (result_sender, results) = channel();
        let job_receiver = Arc::new(Mutex::new(job_receiver));
        let make_worker = Arc::new(make_worker);
        let threads: Vec<JoinHandle<()>> = (0..threads)
            .map(|_| {
                let job_receiver = Arc::clone(&job_receiver);
                let result_sender = result_sender.clone();
                let make_worker = Arc::clone(&make_worker);
                spawn(move || {
                    let mut work = make_worker();
                    loop {
                        let job = job_receiver
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .recv();
                        let Ok((number, job)) = job else { return };
                        if result_sender.send((number, work(job))).is_err() {
                            return;
                        }
                    }
                })
            })
            .collect();
        Self {
            own_work,
            jobs: Some(jobs),
            results,
            most_under_way: (JOBS_PER_THREAD * threads.len()).max(1),
            threads,
            early: BTreeMap::new(),
            next_job: 0,
            next_result: 0,
        }
    }

    /// Whether another job would have to wait.
    pub fn is_full(&self) -> bool {
        self.next_job - self.next_result >= self.most_under_way as u64
    }

    /// Whether no job is under way.
    pub fn is_idle(&self) -> bool {
        self.next_job == self.next_result
    }

    /// Hands in a job.
    pub fn submit(&mut self, job: Job) -> io::Result<()> {
        if let Some(work) = &mut self.own_work {
            self.early.insert(self.next_job, work(job));
            self.next_job += 1;
            return Ok(());
        }
        let sent = self
            .jobs
            .as_ref()
            .is_some_and(|jobs| jobs.send((self.next_job, job)).is_ok());
        if !sent {
            return Err(broken());
        }
        self.next_job += 1;
        Ok(())
    }

    /// The next result in the order of the jobs; waits for it. None when no job is under way.
    pub fn next_result(&mut self) -> io::Result<Option<Done>> {
        if self.is_idle() {
            return Ok(None);
        }
        loop {
            if let Some(done) = self.early.remove(&self.next_result) {
                self.next_result += 1;
                return Ok(Some(done));
            }
            // The channel closes when every thread has ended, which they do early only by a panic. One
            // thread's panic leaves a gap that the others can't fill, so look at that too.
            if self.threads.iter().any(JoinHandle::is_finished) {
                return Err(broken());
            }
            match self
                .results
                .recv_timeout(std::time::Duration::from_millis(200))
            {
                Ok((number, done)) => {
                    self.early.insert(number, done);
                }
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {}
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return Err(broken()),
            }
        }
    }
}

impl<Job, Done> fmt::Debug for WorkerPool<Job, Done> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("WorkerPool")
            .field("threads", &self.threads.len())
            .field("under_way", &(self.next_job - self.next_result))
            .finish_non_exhaustive()
    }
}

impl<Job, Done> Drop for WorkerPool<Job, Done> {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // A panic has been reported by the panic hook; there is nobody to hand it to.
            let _ = thread.join();
        }
    }
}

fn broken() -> io::Error {
    io::Error::other("a worker thread ended unexpectedly")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_jobs() {
        for threads in [1, 2, 7] {
            let mut pool = WorkerPool::new(threads, || {
                |number: u64| {
                    std::thread::sleep(std::time::Duration::from_micros(number * 37 % 500));
                    number * number
                }
            });
            let mut results = Vec::new();
            for number in 0..200 {
                if pool.is_full() {
                    results.extend(pool.next_result().unwrap());
                }
                pool.submit(number).unwrap();
            }
            while let Some(result) = pool.next_result().unwrap() {
                results.push(result);
            }
            assert_eq!(
                results,
                (0..200).map(|number| number * number).collect::<Vec<u64>>()
            );
        }
    }

    #[test]
    fn a_panic_of_a_thread_is_an_error_not_a_hang() {
        let mut pool = WorkerPool::new(2, || {
            |number: u64| {
                assert!(number != 3, "as the test wants it");
                number
            }
        });
        for number in 0..4 {
            pool.submit(number).unwrap();
        }
        let results: Vec<_> = (0..4).map(|_| pool.next_result()).collect();
        assert!(results.iter().any(Result::is_err));
    }
}
