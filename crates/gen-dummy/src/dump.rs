//! Makes a dump's text, or a part of it: statements, and between them the rows, on all cores.

use crate::progress::Progress;
use crate::script::{Piece, Place, Script};
use crate::writer::Form;
use dump_gzip::{MemberWriter, Start, WorkerPool};
use row_text::RowBuffer;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

/// About so many bytes are made at a time.
const CHUNK_BYTES: u64 = 256 * 1024;

/// So far before a part its making begins at first, to find where gzip members begin.
const LEAD_BYTES: u64 = 4 * 1024 * 1024;

/// What the threads make: some rows of a table. Text goes with them, so that it keeps its place.
enum Job {
    /// Lines that are known.
    Text(Arc<str>),
    /// Rows to make, and the buffer for them.
    Rows {
        table: usize,
        form: Form,
        rows: Range<u64>,
        buffer: RowBuffer,
    },
}

/// Writes what is between two places of a script.
pub(crate) fn write(
    script: &Script,
    places: Range<Place>,
    threads: usize,
    output: &mut impl Write,
    progress: &Progress,
) -> io::Result<()> {
    let mut line = AssemblyLine {
        pool: start_pool(script, threads),
        output,
        progress,
        spare: Vec::new(),
    };
    for (piece, range) in script.between(places) {
        let rows = match piece {
            Piece::Text(text) => {
                line.submit(Job::Text(Arc::clone(text)))?;
                continue;
            }
            Piece::Rows(rows) => rows,
        };
        let chunk = (CHUNK_BYTES / rows.bytes_each).max(1);
        let mut start = range.start;
        while start < range.end {
            let end = range.end.min(start.saturating_add(chunk));
            let buffer = line.spare.pop().unwrap_or_default();
            line.submit(Job::Rows {
                table: rows.table,
                form: rows.form.clone(),
                rows: start..end,
                buffer,
            })?;
            start = end;
        }
    }
    line.finish()
}

/// Writes the gzip members that begin between two places, given by the bytes before them. They are those
/// that the whole dump has there.
pub(crate) fn write_members<W: Write>(
    script: &Script,
    bytes: Range<u64>,
    threads: usize,
    mut output: W,
    progress: &Progress,
) -> io::Result<W> {
    let part = script.place_after(bytes.start)..script.place_after(bytes.end);
    let mut lead = LEAD_BYTES;
    loop {
        let before = bytes.start.saturating_sub(lead);
        let start = if before == 0 {
            Start::Text
        } else {
            Start::Middle
        };
        let mut members = MemberWriter::for_part(&mut output, threads, start);
        write(
            script,
            script.place_after(before)..part.start,
            threads,
            &mut members,
            &Progress::silent(),
        )?;
        if members.begin_part() {
            write(script, part, threads, &mut members, progress)?;
            finish_last_member(script, bytes.end, threads, &mut members)?;
            members.finish()?;
            return Ok(output);
        }
        lead *= 4;
    }
}

/// Writes what follows a part, until the member is whole that began in it.
fn finish_last_member<W: Write>(
    script: &Script,
    end: u64,
    threads: usize,
    members: &mut MemberWriter<W>,
) -> io::Result<()> {
    let mut end = end;
    let mut place = script.place_after(end);
    if place < script.end() {
        members.end_part();
    }
    while place < script.end() && !members.is_done() {
        end += CHUNK_BYTES;
        let next = script.place_after(end);
        write(script, place..next, threads, members, &Progress::silent())?;
        place = next;
    }
    Ok(())
}

fn start_pool(script: &Script, threads: usize) -> WorkerPool<Job, Job> {
    let plan = Arc::clone(&script.plan);
    WorkerPool::new(threads, move || {
        let plan = Arc::clone(&plan);
        move |mut job: Job| {
            if let Job::Rows {
                table,
                form,
                rows,
                buffer,
            } = &mut job
            {
                buffer.clear();
                form.write(&plan.tables[*table], rows.clone(), buffer);
            }
            job
        }
    })
}

/// Hands out jobs and writes what comes back, in the order of the jobs.
struct AssemblyLine<'a, W> {
    pool: WorkerPool<Job, Job>,
    output: &'a mut W,
    progress: &'a Progress,
    /// Buffers to use again.
    spare: Vec<RowBuffer>,
}

impl<W: Write> AssemblyLine<'_, W> {
    fn submit(&mut self, job: Job) -> io::Result<()> {
        if self.pool.is_full()
            && let Some(done) = self.pool.next_result()?
        {
            self.write(done)?;
        }
        self.pool.submit(job)
    }

    fn finish(mut self) -> io::Result<()> {
        while let Some(done) = self.pool.next_result()? {
            self.write(done)?;
        }
        Ok(())
    }

    fn write(&mut self, done: Job) -> io::Result<()> {
        match done {
            Job::Text(text) => self.output.write_all(text.as_bytes()),
            Job::Rows { rows, buffer, .. } => {
                self.output.write_all(buffer.as_bytes())?;
                self.progress
                    .advance(rows.end - rows.start, buffer.len() as u64);
                self.spare.push(buffer);
                Ok(())
            }
        }
    }
}
