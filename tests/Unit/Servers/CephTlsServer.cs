namespace BackupModule.Tests.Servers;

/// <summary>Ceph's gateway over https, with a certificate that an authority of its own signed.</summary>
public sealed class CephTlsServer() : S3ServerFixture(S3Server.StartCeph("S3_TLS=1"));
