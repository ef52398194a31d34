using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Storage.S3;

public sealed class CephTlsObjectStoreTests(CephTlsServer ceph)
    : S3ObjectStoreConformance(ceph), IClassFixture<CephTlsServer>;
