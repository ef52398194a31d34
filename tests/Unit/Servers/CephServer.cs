namespace BackupModule.Tests.Servers;

/// <summary>Ceph's gateway over http.</summary>
public sealed class CephServer() : S3ServerFixture(S3Server.StartCeph());
