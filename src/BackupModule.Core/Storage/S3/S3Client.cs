using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;

namespace BackupModule.Core.Storage.S3;

/// <summary>The library's client, which takes digests that are known already.</summary>
internal sealed class S3Client : AmazonS3Client
{
    /// <summary>A client with these credentials.</summary>
    public S3Client(AWSCredentials credentials, AmazonS3Config config)
        : base(credentials, config)
    {
    }

    /// <summary>A client with the credentials that the environment, the usual files or the machine's role give.</summary>
    public S3Client(AmazonS3Config config)
        : base(config)
    {
    }

    /// <inheritdoc/>
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        pipeline.AddHandlerAfter<Marshaller>(new DigestSigner());
    }
}
