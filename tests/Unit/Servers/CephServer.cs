using System;

namespace BackupModule.Tests.Servers;

/// <summary>Ceph's gateway over http, for the tests of a class or collection.</summary>
public sealed class CephServer : IDisposable
{
    internal S3Server Server { get; } = S3Server.StartCeph(withTls: false);

    public void Dispose() => Server.Dispose();
}
