
open$
data
w
bconv"Conv*

kernel
convconv"Relu
conv
wf
bffc"FC
fcprob"Softmax:data:w:b:wf:bfBprob