using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Decorators;
using BackupModule.Core.Storage.Memory;
using Xunit;

namespace BackupModule.Tests.Storage.Decorators;

/// <summary>Uploads in parts whose answers are lost on the way.</summary>
public sealed class RetryingPartedUploadsTests
{
    private const string Key = "object";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upload_that_is_gone_after_a_lost_answer_was_completed_where_its_object_is_there(bool isThere)
    {
        MemoryObjectStore objects = new();
        RetryingStore store = new(objects, new RetryOptions { FirstPause = TimeSpan.Zero }, TimeProvider.System);
        LosingUploads inner = new(isThere ? objects : null);
        RetryingPartedUploads uploads = new(inner, store);

        Task complete = uploads.CompleteAsync(Key, "upload", ["part"], CancellationToken.None);

        if (isThere)
        {
            await complete;
        }
        else
        {
            Assert.Equal(
                BackupErrorKind.StorageObjectNotFound, (await Assert.ThrowsAsync<BackupException>(() => complete)).Kind);
        }

        Assert.Equal(2, inner.Attempts);
    }

    /// <summary>Completes an upload into a store, or nowhere, and loses the answer.</summary>
    private sealed class LosingUploads(MemoryObjectStore? target) : IPartedUploads
    {
        public int Attempts { get; private set; }

        public async Task CompleteAsync(
            string key, string upload, IReadOnlyList<string> parts, CancellationToken cancellationToken)
        {
            if (++Attempts > 1)
            {
                throw new BackupException(BackupErrorKind.StorageObjectNotFound, "There is no such upload.");
            }

            if (target is not null)
            {
                await target.PutAsync(key, new byte[] { 1 }, cancellationToken);
            }

            throw new BackupException(BackupErrorKind.StorageFailure, "The connection broke.") { IsTransient = true };
        }

        public Task<string> BeginAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<string> PutPartAsync(
            string key, string upload, int number, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task AbortAsync(string key, string upload, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
