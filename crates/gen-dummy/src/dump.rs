//! Makes a dump's text: the loading text, and between its parts the rows, on all cores.

use crate::progress::Progress;
use dummy_data::Plan;
use dump_gzip::WorkerPool;
use pg_sql::copy::CopyBuffer;
use pg_sql::loading;
use schema_model::QualifiedName;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

/// About so many bytes are made at a time.
const CHUNK_BYTES: u64 = 256 * 1024;
/// Rows that are made to learn how long a table's rows are.
const SAMPLE_ROWS: u64 = 16;

/// Some rows of a table to make, and the buffer for them.
struct Job {
    table: usize,
    rows: Range<u64>,
    buffer: CopyBuffer,
}

/// Writes the whole dump.
pub(crate) fn write(
    plan: &Arc<Plan>,
    source: &str,
    threads: usize,
    output: &mut impl Write,
    progress: &Progress,
) -> io::Result<()> {
    let tables: Vec<&QualifiedName> = plan.tables.iter().map(|table| &table.name).collect();
    output.write_all(
        format!(
            "-- Dummy data for {source}, made by gen-dummy: don't edit, generate it again.\n\
             -- Loading replaces all rows of the tables below, in one transaction.\n\n"
        )
        .as_bytes(),
    )?;
    output.write_all(loading::prologue(&tables).as_bytes())?;
    let mut pool = start_pool(plan, threads);
    let mut writer = RowWriter {
        plan,
        output,
        progress,
        spare: Vec::new(),
        table: None,
    };
    for (number, table) in plan.tables.iter().enumerate() {
        let chunk = chunk_rows(plan, number);
        let mut start = 0;
        while start < table.rows {
            if pool.is_full()
                && let Some(done) = pool.next_result()?
            {
                writer.write(done)?;
            }
            let end = table.rows.min(start + chunk);
            pool.submit(Job {
                table: number,
                rows: start..end,
                buffer: writer.spare.pop().unwrap_or_default(),
            })?;
            start = end;
        }
    }
    while let Some(done) = pool.next_result()? {
        writer.write(done)?;
    }
    writer.end_table()?;
    output.write_all(loading::epilogue(&tables).as_bytes())
}

fn start_pool(plan: &Arc<Plan>, threads: usize) -> WorkerPool<Job, Job> {
    let plan = Arc::clone(plan);
    WorkerPool::new(threads, move || {
        let plan = Arc::clone(&plan);
        move |mut job: Job| {
            job.buffer.clear();
            plan.tables[job.table].write_copy(job.rows.clone(), &mut job.buffer);
            job
        }
    })
}

/// Puts finished rows where they belong.
struct RowWriter<'a, W> {
    plan: &'a Plan,
    output: &'a mut W,
    progress: &'a Progress,
    /// Buffers to use again.
    spare: Vec<CopyBuffer>,
    /// The table whose rows are being written.
    table: Option<usize>,
}

impl<W: Write> RowWriter<'_, W> {
    fn write(&mut self, done: Job) -> io::Result<()> {
        if self.table != Some(done.table) {
            self.end_table()?;
            let table = &self.plan.tables[done.table];
            let columns: Vec<&str> = table
                .columns
                .iter()
                .map(|column| column.name.as_str())
                .collect();
            let header = loading::copy_header(&table.name, &columns, table.can_freeze);
            self.output.write_all(header.as_bytes())?;
            self.table = Some(done.table);
        }
        self.output.write_all(done.buffer.as_bytes())?;
        self.progress
            .advance(done.rows.end - done.rows.start, done.buffer.len() as u64);
        self.spare.push(done.buffer);
        Ok(())
    }

    fn end_table(&mut self) -> io::Result<()> {
        if self.table.take().is_some() {
            self.output.write_all(loading::copy_footer().as_bytes())?;
        }
        Ok(())
    }
}

/// Rows that make a chunk of a table. The bytes don't depend on it.
fn chunk_rows(plan: &Plan, table: usize) -> u64 {
    let table = &plan.tables[table];
    let sample = table.rows.clamp(1, SAMPLE_ROWS);
    let mut buffer = CopyBuffer::new();
    table.write_copy(0..sample, &mut buffer);
    let each = (buffer.len() as u64 / sample).max(1);
    (CHUNK_BYTES / each).max(1)
}
