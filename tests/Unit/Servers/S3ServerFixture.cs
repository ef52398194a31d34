using System;

namespace BackupModule.Tests.Servers;

/// <summary>A real server for the tests of a class; it ends with them.</summary>
public abstract class S3ServerFixture : IDisposable
{
    private readonly S3Server _server;

    private protected S3ServerFixture(S3Server server) => _server = server;

    internal S3Server Server => _server;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _server.Dispose();
}
