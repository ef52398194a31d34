using System;
using System.Collections.Generic;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources;

namespace BackupModule.Tests.Backup;

/// <summary>The real file system, to which something happens at a chosen moment of a backup.</summary>
internal sealed class ChangingSource(ISourceFileSystem inner) : ISourceFileSystem
{
    /// <summary>Happens before a directory is listed.</summary>
    public Action<string> BeforeList { get; init; } = static _ => { };

    /// <summary>Happens before a file is opened, after it was listed.</summary>
    public Action<string> BeforeOpen { get; init; } = static _ => { };

    /// <summary>Happens when the first bytes of a file were read.</summary>
    public Action<string> WhileReading { get; init; } = static _ => { };

    public TreeNode ReadNode(string path) => inner.ReadNode(path);

    public IReadOnlyList<SourceEntry> ReadDirectory(string path, Func<string, bool> accept)
    {
        BeforeList(path);
        return inner.ReadDirectory(path, accept);
    }

    public ISourceFile OpenFile(string path)
    {
        BeforeOpen(path);
        return new File(inner.OpenFile(path), () => WhileReading(path));
    }

    private sealed class File(ISourceFile inner, Action afterFirstRead) : ISourceFile
    {
        private bool _hasRead;

        public TreeNode ReadNode() => inner.ReadNode();

        public int Read(Span<byte> buffer)
        {
            // A small read, so that most of the file is still to come.
            int count = inner.Read(_hasRead ? buffer : buffer[..Math.Min(buffer.Length, 4096)]);
            if (!_hasRead)
            {
                _hasRead = true;
                afterFirstRead();
            }

            return count;
        }

        public void Dispose() => inner.Dispose();
    }
}
