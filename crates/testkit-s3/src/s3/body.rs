//! Bodies: from a request into a file, with all checks on the way; from a file into an answer.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use base64_simd::STANDARD;
use bytes::Bytes;
use futures_core::Stream;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{Checksum, ChecksumAlgorithm, StreamingBlob};
use s3s::stream::{ByteStream, RemainingLength};
use s3s::{S3Result, StdError, TrailingHeaders, s3_error};

use super::store::{Content, Store, remove_file};

/// How much is read at once.
const PIECE: usize = 64 * 1024;

/// What a request promises about its body.
#[derive(Debug, Default)]
pub(super) struct Promise {
    /// `Content-MD5`, in Base64.
    pub(super) md5: Option<String>,
    /// The checksums in the headers; those in the trailer come after the body.
    pub(super) checksum: Checksum,
    /// The algorithm that the request names without giving the value yet.
    pub(super) algorithm: Option<ChecksumAlgorithm>,
    /// Where the trailer will be.
    pub(super) trailer: Option<TrailingHeaders>,
}

/// A body that has arrived, as promised.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) content: Content,
    pub(super) md5: [u8; 16],
}

/// Writes a body into a new file. What isn't as promised is refused, and leaves nothing.
pub(super) async fn receive(
    store: &Store,
    body: Option<StreamingBlob>,
    promise: Promise,
) -> S3Result<Received> {
    let (path, mut file) = store
        .create_file()
        .map_err(|error| s3_error!(error, InternalError))?;
    let mut content = Content {
        path,
        size: 0,
        checksum: Checksum::default(),
    };
    let result = write(&mut file, &mut content, body, promise).await;
    if result.is_err() {
        remove_file(Some(content.clone()));
    }
    result.map(|md5| Received { content, md5 })
}

/// The bytes of a file from `start`, `length` of them.
pub(super) fn send(content: &Content, start: u64, length: u64) -> S3Result<StreamingBlob> {
    let mut file = File::open(&content.path).map_err(|error| s3_error!(error, InternalError))?;
    file.seek(SeekFrom::Start(start))
        .map_err(|error| s3_error!(error, InternalError))?;
    let left = usize::try_from(length).map_err(|error| s3_error!(error, InternalError))?;
    Ok(StreamingBlob::new(FileStream { file, left }))
}

/// Text of bytes in lower-case hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Switches on the hashing of one algorithm.
pub(super) fn enable(hasher: &mut ChecksumHasher, algorithm: &str) -> S3Result<()> {
    match algorithm {
        ChecksumAlgorithm::CRC32 => hasher.crc32 = Some(s3s::crypto::Checksum::new()),
        ChecksumAlgorithm::CRC32C => hasher.crc32c = Some(s3s::crypto::Checksum::new()),
        ChecksumAlgorithm::CRC64NVME => hasher.crc64nvme = Some(s3s::crypto::Checksum::new()),
        ChecksumAlgorithm::SHA1 => hasher.sha1 = Some(s3s::crypto::Checksum::new()),
        ChecksumAlgorithm::SHA256 => hasher.sha256 = Some(s3s::crypto::Checksum::new()),
        _ => {
            return Err(s3_error!(
                InvalidRequest,
                "Checksum algorithm provided is unsupported."
            ));
        }
    }
    Ok(())
}

/// The checksum of a file.
pub(super) fn checksum(path: &Path, algorithm: &str) -> S3Result<Checksum> {
    let mut hasher = ChecksumHasher::default();
    enable(&mut hasher, algorithm)?;
    let mut file = File::open(path).map_err(|error| s3_error!(error, InternalError))?;
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(hasher.finalize()),
            Ok(read) => hasher.update(&piece[..read]),
            Err(error) => return Err(s3_error!(error, InternalError)),
        }
    }
}

/// The checksums that are there, each with its algorithm's name.
pub(super) fn values(checksum: &Checksum) -> Vec<(&'static str, &str)> {
    [
        (ChecksumAlgorithm::CRC32, &checksum.checksum_crc32),
        (ChecksumAlgorithm::CRC32C, &checksum.checksum_crc32c),
        (ChecksumAlgorithm::CRC64NVME, &checksum.checksum_crc64nvme),
        (ChecksumAlgorithm::SHA1, &checksum.checksum_sha1),
        (ChecksumAlgorithm::SHA256, &checksum.checksum_sha256),
    ]
    .into_iter()
    .filter_map(|(algorithm, value)| value.as_deref().map(|value| (algorithm, value)))
    .collect()
}

async fn write(
    file: &mut File,
    content: &mut Content,
    body: Option<StreamingBlob>,
    promise: Promise,
) -> S3Result<[u8; 16]> {
    let mut hasher = ChecksumHasher::default();
    for (algorithm, _) in values(&promise.checksum) {
        enable(&mut hasher, algorithm)?;
    }
    if let Some(algorithm) = &promise.algorithm {
        enable(&mut hasher, algorithm.as_str())?;
    }
    let mut md5 = Md5::new();
    if let Some(mut body) = body {
        while let Some(piece) =
            std::future::poll_fn(|context| Pin::new(&mut body).poll_next(context)).await
        {
            let piece = piece.map_err(|error| s3_error!(IncompleteBody, "{error}"))?;
            md5.update(&piece);
            hasher.update(&piece);
            file.write_all(&piece)
                .map_err(|error| s3_error!(error, InternalError))?;
            content.size += piece.len() as u64;
        }
    }
    let md5: [u8; 16] = md5.finalize();
    content.checksum = hasher.finalize();
    if promise
        .md5
        .is_some_and(|promised| promised != STANDARD.encode_to_string(md5))
    {
        return Err(s3_error!(
            BadDigest,
            "The Content-MD5 you specified did not match what we received."
        ));
    }
    let computed = values(&content.checksum);
    let mut promised: Vec<(&str, String)> = values(&promise.checksum)
        .into_iter()
        .map(|(algorithm, value)| (algorithm, value.to_owned()))
        .collect();
    if let Some(trailer) = promise.trailer.and_then(|trailer| trailer.take()) {
        for (algorithm, _) in &computed {
            let name = format!("x-amz-checksum-{}", algorithm.to_ascii_lowercase());
            let value = trailer.get(name).and_then(|value| value.to_str().ok());
            promised.extend(value.map(|value| (*algorithm, value.to_owned())));
        }
    }
    for (algorithm, value) in promised {
        if computed
            .iter()
            .any(|(other, computed)| *other == algorithm && *computed != value)
        {
            return Err(s3_error!(
                BadDigest,
                "The {algorithm} you specified did not match the calculated checksum."
            ));
        }
    }
    Ok(md5)
}

/// A part of a file, read as it is asked for. The reads block: they are of the page cache, and of a test.
struct FileStream {
    file: File,
    left: usize,
}

impl Stream for FileStream {
    type Item = Result<Bytes, StdError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let mut piece = vec![0; self.left.min(PIECE)];
        if let Err(error) = self.file.read_exact(&mut piece) {
            self.left = 0;
            return Poll::Ready(Some(Err(Box::new(error))));
        }
        self.left -= piece.len();
        Poll::Ready(Some(Ok(piece.into())))
    }
}

impl ByteStream for FileStream {
    fn remaining_length(&self) -> RemainingLength {
        RemainingLength::new_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use super::hexadecimal;

    #[test]
    fn hexadecimal_has_two_digits_a_byte() {
        assert_eq!(hexadecimal(&[0, 10, 255]), "000aff");
    }
}
