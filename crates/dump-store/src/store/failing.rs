//! A store that fails as it is told, around one that works.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use crate::layout::Key;
use crate::store::content::{Content, ObjectBody};
use crate::store::{
    ByteRange, ErrorKind, ListedPage, ObjectInfo, ObjectStore, StoreError, StoredPart, Tag,
    UploadId,
};

/// The requests that can be made to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// [`ObjectStore::head`]
    Head,
    /// [`ObjectStore::get`]
    Get,
    /// [`ObjectStore::put`]
    Put,
    /// [`ObjectStore::create_parts`]
    CreateParts,
    /// [`ObjectStore::put_part`]
    PutPart,
    /// [`ObjectStore::complete_parts`]
    CompleteParts,
    /// [`ObjectStore::abort_parts`]
    AbortParts,
    /// [`ObjectStore::list`]
    List,
    /// [`ObjectStore::delete`]
    Delete,
    /// [`ObjectStore::copy`]
    Copy,
    /// [`ObjectStore::ready`]
    Ready,
    /// [`ObjectStore::renew_credentials`]; counted, never failing.
    RenewCredentials,
}

/// What happens to one request.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The request goes through as if there were no fault.
    None,
    /// The request isn't made and fails so.
    Refused(ErrorKind),
    /// The request is made, and its answer is lost.
    AnswerLost,
    /// The request hangs for ever.
    Stalled,
    /// The body breaks off after this many bytes; `true` for a clean end, `false` for a broken connection.
    Short(usize, bool),
    /// The body has this many bytes too many at its end.
    Long(usize),
    /// One bit of the body is the other way round.
    Flipped,
}

/// Passes requests on to `S`, except for those with a fault planned.
#[derive(Debug, Clone)]
pub struct FailingStore<S> {
    inner: S,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    planned: BTreeMap<Step, VecDeque<Fault>>,
    calls: BTreeMap<Step, usize>,
    bytes: BTreeMap<Step, u64>,
    unlistable: bool,
}

impl<S> FailingStore<S> {
    /// No fault is planned yet.
    pub fn new(inner: S) -> Self {
        Self {
            inner,
            shared: Arc::default(),
        }
    }

    /// The next requests of this kind meet these faults, one each; later ones go through.
    pub fn plan(&self, step: Step, faults: impl IntoIterator<Item = Fault>) {
        self.lock().planned.entry(step).or_default().extend(faults);
    }

    /// Faults that were planned and not met yet don't happen.
    pub fn forget_plans(&self) {
        self.lock().planned.clear();
    }

    /// From now on it answers as S3 does to who may not list: a listing is refused, and so is what isn't there.
    pub fn refuse_listing(&self) {
        self.lock().unlistable = true;
    }

    /// How many requests of this kind were made.
    pub fn calls(&self, step: Step) -> usize {
        self.lock().calls.get(&step).copied().unwrap_or_default()
    }

    /// How many faults are planned that no request of this kind has met yet.
    pub fn planned(&self, step: Step) -> usize {
        self.lock().planned.get(&step).map_or(0, VecDeque::len)
    }

    /// How many bytes of content requests of this kind sent or asked for.
    pub fn bytes(&self, step: Step) -> u64 {
        self.lock().bytes.get(&step).copied().unwrap_or_default()
    }

    /// The store behind.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, step: Step, bytes: u64) {
        *self.lock().bytes.entry(step).or_default() += bytes;
    }

    fn next(&self, step: Step) -> Fault {
        let mut shared = self.lock();
        *shared.calls.entry(step).or_default() += 1;
        shared
            .planned
            .get_mut(&step)
            .and_then(VecDeque::pop_front)
            .unwrap_or(Fault::None)
    }

    /// What is said of a key that isn't there.
    fn is_absent(&self) -> Result<(), StoreError> {
        if self.lock().unlistable {
            return Err(planned(ErrorKind::Denied));
        }
        Ok(())
    }

    /// Makes `request` with the fault that is planned for it.
    async fn pass<T>(
        &self,
        step: Step,
        request: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let fault = self.next(step);
        pass_with(fault, request).await
    }
}

async fn pass_with<T>(
    fault: Fault,
    request: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    match fault {
        Fault::Refused(kind) => Err(planned(kind)),
        Fault::AnswerLost => {
            request.await?;
            Err(planned(ErrorKind::Connection))
        }
        Fault::Stalled => loop {
            tokio::time::sleep(Duration::from_hours(1)).await;
        },
        Fault::None | Fault::Short(..) | Fault::Long(_) | Fault::Flipped => request.await,
    }
}

impl<S: ObjectStore> ObjectStore for FailingStore<S> {
    async fn head(&self, key: &Key) -> Result<Option<ObjectInfo>, StoreError> {
        let info = self.pass(Step::Head, self.inner.head(key)).await?;
        if info.is_none() {
            self.is_absent()?;
        }
        Ok(info)
    }

    async fn get(&self, key: &Key, range: ByteRange) -> Result<ObjectBody, StoreError> {
        let fault = self.next(Step::Get);
        let body = match pass_with(fault.clone(), self.inner.get(key, range)).await {
            Err(error) if *error.kind() == ErrorKind::NotFound => {
                self.is_absent()?;
                return Err(error);
            }
            body => body?,
        };
        let rest = body.total().saturating_sub(range.offset);
        self.count(Step::Get, range.length.min(rest));
        if matches!(fault, Fault::None) {
            return Ok(body);
        }
        let total = body.total();
        let mut bytes = body.collect().await?;
        let mut failure = None;
        match fault {
            Fault::Short(length, clean) => {
                bytes.truncate(length);
                failure = (!clean).then(|| planned(ErrorKind::Connection));
            }
            Fault::Long(more) => bytes.extend(std::iter::repeat_n(0, more)),
            Fault::Flipped => {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 0x10;
            }
            Fault::None | Fault::Refused(_) | Fault::AnswerLost | Fault::Stalled => {}
        }
        Ok(ObjectBody::from_chunks(
            total,
            vec![Bytes::from(bytes)],
            failure,
        ))
    }

    async fn put(
        &self,
        key: &Key,
        content: Content,
        sha256: &[u8; 32],
    ) -> Result<Option<Tag>, StoreError> {
        self.count(Step::Put, content.length());
        self.pass(Step::Put, self.inner.put(key, content, sha256))
            .await
    }

    async fn create_parts(&self, key: &Key) -> Result<UploadId, StoreError> {
        self.pass(Step::CreateParts, self.inner.create_parts(key))
            .await
    }

    async fn put_part(
        &self,
        key: &Key,
        upload: &UploadId,
        number: u32,
        content: Content,
        crc32: u32,
    ) -> Result<String, StoreError> {
        self.count(Step::PutPart, content.length());
        self.pass(
            Step::PutPart,
            self.inner.put_part(key, upload, number, content, crc32),
        )
        .await
    }

    async fn complete_parts(
        &self,
        key: &Key,
        upload: &UploadId,
        parts: &[StoredPart],
    ) -> Result<(), StoreError> {
        self.pass(
            Step::CompleteParts,
            self.inner.complete_parts(key, upload, parts),
        )
        .await
    }

    async fn abort_parts(&self, key: &Key, upload: &UploadId) -> Result<(), StoreError> {
        self.pass(Step::AbortParts, self.inner.abort_parts(key, upload))
            .await
    }

    async fn list(
        &self,
        prefix: &str,
        continuation: Option<&str>,
    ) -> Result<ListedPage, StoreError> {
        self.is_absent()?;
        self.pass(Step::List, self.inner.list(prefix, continuation))
            .await
    }

    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        self.pass(Step::Delete, self.inner.delete(key)).await
    }

    async fn copy(&self, from: &Key, to: &Key) -> Result<(), StoreError> {
        self.pass(Step::Copy, self.inner.copy(from, to)).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.pass(Step::Ready, self.inner.ready()).await
    }

    async fn renew_credentials(&self) {
        self.next(Step::RenewCredentials);
        self.inner.renew_credentials().await;
    }

    fn address(&self, key: &Key) -> String {
        self.inner.address(key)
    }
}

fn planned(kind: ErrorKind) -> StoreError {
    let detail = format!("a planned fault ({kind:?})");
    StoreError::new(kind, detail)
}
