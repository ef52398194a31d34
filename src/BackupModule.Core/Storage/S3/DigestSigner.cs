using System.Threading.Tasks;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3.Model;

namespace BackupModule.Core.Storage.S3;

/// <summary>Signs a put whose request names the SHA-256 of its content with that digest, so that the content is not read
/// once more. The library would drop the header and compute it again.</summary>
internal sealed class DigestSigner : PipelineHandler
{
    /// <summary>The header that carries the digest: 64 lower-case hexadecimal digits.</summary>
    public const string Header = "x-amz-content-sha256";

    /// <inheritdoc/>
    public override Task<T> InvokeAsync<T>(IExecutionContext executionContext)
    {
        IRequestContext context = executionContext.RequestContext;
        if (context.OriginalRequest is PutObjectRequest put && put.Headers[Header] is { } digest)
        {
            context.Request.PrecomputedContentSha256 = digest;
        }

        return base.InvokeAsync<T>(executionContext);
    }
}
